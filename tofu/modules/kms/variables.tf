variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "replica_region" {
  description = "Region that gets a replica of the data key, so that replicated data can be read there. Null keeps the key in one region."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.replica_region))
    error_message = "replica_region must be an AWS region such as eu-west-1, or null."
  }
}

variable "deletion_window_days" {
  description = "Days between scheduling a key's deletion and losing all it encrypted."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days must be between 7 and 30."
  }
}
