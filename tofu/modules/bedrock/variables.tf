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

variable "logs_kms_key_arn" {
  description = "Key that encrypts the invocation log."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of 7, 14, 30, 60, 90, 180, 365, 400, 731 (the periods CloudWatch Logs knows)."
  }
}

variable "invocation_logging" {
  description = "Log model calls. AWS keeps one such configuration for an account and region: only one root may switch it on."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_bodies" {
  description = "Write prompts and answers into the invocation log. Off, only metadata is kept: prompts hold source code."
  type        = bool
  default     = false
  nullable    = false
}

variable "large_payload_bucket" {
  description = "Bucket for bodies above 100 KB; only used with log_bodies."
  type        = string
  default     = null

  validation {
    condition     = !var.log_bodies || var.large_payload_bucket != null
    error_message = "log_bodies needs large_payload_bucket: CloudWatch refuses bodies above 100 KB."
  }
}

variable "profiles" {
  description = "Application inference profiles by short name: the cross-region profile they copy. Costs appear under their tags."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for id in values(var.profiles) : can(regex("^(us|eu|global)\\.[a-z0-9]+\\.[a-z0-9.:-]+$", id))])
    error_message = "profiles must copy cross-region inference profiles such as us.anthropic.claude-sonnet-4-6: bare model ids are refused for current models."
  }
}
