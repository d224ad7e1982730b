variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "purpose" {
  description = "What the bucket holds, part of its name: documents, backups, models."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.purpose))
    error_message = "purpose must be 2 to 16 lower-case letters, digits and hyphens, so that the bucket name stays below 63."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects. Null: keys of S3 itself, for what cannot use ours (access logs of load balancers)."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias."
  }

  validation {
    condition     = var.kms_key_arn != null || var.replica == null
    error_message = "A replicated bucket needs kms_key_arn: both sides are encrypted with our keys."
  }
}

variable "replica" {
  description = "Second bucket in another region that every object is copied to, or null."
  type = object({
    region      = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.replica == null || can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.replica.region))
    error_message = "replica.region must be an AWS region such as eu-west-1."
  }

  validation {
    condition     = var.replica == null || strcontains(try(var.replica.kms_key_arn, ""), ":kms:${try(var.replica.region, "")}:")
    error_message = "replica.kms_key_arn must be a key in replica.region: a bucket cannot encrypt with another region's key."
  }
}

variable "old_version_days" {
  description = "Days that overwritten and deleted objects can be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.old_version_days >= 7
    error_message = "old_version_days must be at least 7, to outlast a weekend."
  }
}

variable "expire_days" {
  description = "Days after which objects are deleted; 0 keeps them."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.expire_days >= 0
    error_message = "expire_days must be 0 or more."
  }
}

variable "log_writers" {
  description = "AWS services that may write logs of this account below <prefix>/AWSLogs/<account>/, for example logdelivery.elasticloadbalancing.amazonaws.com."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.log_writers : endswith(service, ".amazonaws.com")])
    error_message = "log_writers takes service principals such as logdelivery.elasticloadbalancing.amazonaws.com."
  }
}

variable "bounded" {
  description = "The role that replicates stays within nura-boundary. Bootstrap, which makes that policy, says false."
  type        = bool
  default     = true
  nullable    = false
}
