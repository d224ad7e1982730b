variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "retention_days" {
  description = "Days that the trail is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.retention_days >= 90
    error_message = "retention_days must be at least 90: incidents are found late."
  }
}
