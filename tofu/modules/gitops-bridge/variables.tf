variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "environment" {
  description = "Environment, a label of the cluster in Argo CD."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment must be development, staging or production."
  }
}

variable "facts" {
  description = "What Argo CD's applications need to know of the cloud: names, addresses, ARNs. No secrets: they become annotations anybody in the cluster's Argo CD can read."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.facts) : can(regex("^[a-z][a-z0-9_]*$", key)) && !can(regex("(password|secret_value|token|private_key)", key))])
    error_message = "facts takes lower-case keys with underscores, and no passwords, tokens or private keys: those belong into Secrets Manager."
  }
}
