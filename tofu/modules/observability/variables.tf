variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts what this module stores."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias."
  }
}

variable "alarm_emails" {
  description = "Addresses that get the alarms. Each must confirm the subscription AWS mails to it."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) > 0 && alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", address))])
    error_message = "alarm_emails needs at least one mail address: an alarm nobody gets is no alarm."
  }
}

variable "database_identifier" {
  description = "RDS instance to watch."
  type        = string
  nullable    = false
}

variable "database_max_connections" {
  description = "Connections that it permits; the alarm stands at 80 % of them."
  type        = number
  nullable    = false

  validation {
    condition     = var.database_max_connections >= 1
    error_message = "database_max_connections must be the number that the instance permits, at least 1."
  }
}

variable "database_is_replica" {
  description = "Whether that instance follows another: then its lag is watched."
  type        = bool
  default     = false
  nullable    = false
}

variable "cache_node_ids" {
  description = "ElastiCache nodes to watch; their metrics carry no other dimension. Empty when the region has none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "load_balancer_suffix" {
  description = "arn_suffix of the load balancer to watch."
  type        = string
  nullable    = false
}
