variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
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
  description = "Key that encrypts the slow log."
  type        = string
  nullable    = false
}

variable "client_security_group_ids" {
  description = "Security groups that may connect, by a short name each."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.client_security_group_ids) > 0
    error_message = "client_security_group_ids must name at least one group, else nothing could connect."
  }
}

variable "engine_version" {
  description = "Valkey version."
  type        = string
  default     = "8.2"
  nullable    = false

  validation {
    condition     = contains(["8.2", "9.0"], var.engine_version)
    error_message = "engine_version must be Valkey 8.2 or 9.0; Redis OSS is frozen at 7.1 and costs a quarter more."
  }
}

variable "node_type" {
  description = "Node type."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^cache\\.(t4g|[mr][6-9]g[a-z]*)\\.[a-z0-9]+$", var.node_type))
    error_message = "node_type must be a Graviton type such as cache.t4g.micro or cache.r7g.large."
  }
}

variable "node_count" {
  description = "Nodes, the primary included. From two on, a replica takes over when the primary's zone fails."
  type        = number
  nullable    = false

  validation {
    condition     = var.node_count >= 1 && var.node_count <= 6
    error_message = "node_count must be between 1 and 6."
  }
}

variable "snapshot_days" {
  description = "Days that daily snapshots are kept; 0 for none. The cache can always be rebuilt, so this only buys warmth."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.snapshot_days >= 0 && var.snapshot_days <= 35
    error_message = "snapshot_days must be between 0 and 35."
  }
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
