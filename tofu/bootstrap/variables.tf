variable "zone_name" {
  description = "Domain of the installation; the registrar must delegate it to the name servers in the outputs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "zone_name must be a domain such as nura.example, without a scheme."
  }
}

variable "github_repository" {
  description = "Repository whose workflows may plan and apply, as owner/name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be owner/name, without wildcards."
  }
}

variable "budget_emails" {
  description = "Addresses that hear of spending."
  type        = set(string)
  nullable    = false
}

variable "monthly_usd" {
  description = "Expected cost of a month in USD, by environment tag. docs/environment-setup.md has the computed table."
  type        = map(number)
  nullable    = false
}
