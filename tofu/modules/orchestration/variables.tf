variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "image" {
  description = "The Nura agents image by digest, in ECR of this account and region. The web adapter in it turns events into HTTP requests."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[a-z0-9-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must be an ECR image pinned by digest: <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hex digits>."
  }
}

variable "vpc_id" {
  description = "VPC to build in."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "vpc_id must be the id of a VPC (vpc-...)."
  }
}

variable "subnet_ids" {
  description = "Subnets to build in, at least two in different zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "At least two subnets in different availability zones are needed."
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
  description = "Key that encrypts the logs."
  type        = string
  nullable    = false
}

variable "database_security_group_id" {
  description = "Group of the database, which the function may reach."
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

variable "memory_mb" {
  description = "Memory of the function, MB; CPU grows with it."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.memory_mb >= 512 && var.memory_mb <= 10240
    error_message = "memory_mb must be between 512 and 10240."
  }
}

variable "concurrency" {
  description = "Most runs at once: the bound on what a flood of events can cost and open on the database."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.concurrency >= 2 && var.concurrency <= 100
    error_message = "concurrency must be between 2 and 100."
  }
}

variable "reindex_schedule" {
  description = "When every repository is looked at for new commits, as an EventBridge rate or cron expression."
  type        = string
  default     = "rate(1 hour)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.reindex_schedule))
    error_message = "reindex_schedule must be an EventBridge expression such as rate(1 hour) or cron(0 6 * * ? *)."
  }
}

variable "secrets_prefix" {
  description = "First part of the secrets' names. A standby region reads the primary's, which are replicated to it. Null: the name itself."
  type        = string
  default     = null

  validation {
    condition     = var.secrets_prefix == null || can(regex("^[a-z][a-z0-9-]*$", var.secrets_prefix))
    error_message = "secrets_prefix must be lower-case letters, digits and hyphens, without a slash."
  }
}

variable "secrets_kms_key_arn" {
  description = "Key of those secrets, when it is another than kms_key_arn."
  type        = string
  default     = null
}
