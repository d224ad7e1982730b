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

variable "daily_retention_days" {
  description = "Days that daily recovery points are kept."
  type        = number
  nullable    = false

  validation {
    condition     = var.daily_retention_days >= 7
    error_message = "daily_retention_days must be at least 7."
  }
}

variable "copy" {
  description = "Second vault in another region that daily points are copied to, or null."
  type = object({
    region         = string
    kms_key_arn    = string
    retention_days = number
  })
  default = null

  validation {
    condition     = var.copy == null || try(var.copy.retention_days, 0) >= 7
    error_message = "copy.retention_days must be at least 7."
  }
}

variable "lock" {
  description = "Make recovery points undeletable before their time, even for administrators (governance mode)."
  type        = bool
  default     = true
  nullable    = false
}
