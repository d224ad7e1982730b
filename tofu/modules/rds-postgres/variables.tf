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
  description = "PostgreSQL major version; minors come by themselves in the maintenance window."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = contains(["17", "18"], var.engine_version)
    error_message = "engine_version must be 17 or 18: earlier majors miss pgvector's iterative scans or end their support too soon."
  }
}

variable "instance_class" {
  description = "Instance class of the primary and its replicas."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.(t4g|[mr][6-9]g[a-z]*)\\.[a-z0-9]+$", var.instance_class))
    error_message = "instance_class must be a Graviton class such as db.t4g.micro or db.r7g.large."
  }
}

variable "storage_gib" {
  description = "Storage at the start, GiB, and how far it may grow by itself."
  type = object({
    initial = number
    maximum = number
  })
  nullable = false

  validation {
    condition     = var.storage_gib.initial >= 20 && var.storage_gib.maximum >= ceil(var.storage_gib.initial * 1.26)
    error_message = "storage_gib needs initial >= 20 and maximum at least 26 % above it, which AWS asks of autoscaling."
  }
}

variable "multi_az" {
  description = "Keep a synchronous standby in another zone."
  type        = bool
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days of point-in-time recovery. Replicas need at least 1."
  type        = number
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be between 7 and 35."
  }
}

variable "read_replica_count" {
  description = "Read replicas in the same region."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.read_replica_count >= 0 && var.read_replica_count <= 5
    error_message = "read_replica_count must be between 0 and 5."
  }
}

variable "replicate_from_arn" {
  description = "ARN of a database in another region to follow. Null: this is a primary."
  type        = string
  default     = null

  validation {
    condition     = var.replicate_from_arn == null || can(regex("^arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:db:[a-z0-9-]+$", var.replicate_from_arn))
    error_message = "replicate_from_arn must be the ARN of an RDS instance (arn:aws:rds:<region>:<account>:db:<name>): across regions a bare identifier does not work."
  }
}

variable "promoted" {
  description = "Cut a cross-region replica loose: it becomes a primary of its own and never follows again."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.promoted || var.replicate_from_arn != null
    error_message = "Only a replica can be promoted: set replicate_from_arn too."
  }
}

variable "deletion_protection" {
  description = "Refuse deletion; when it happens after all, take a final snapshot and let the secret be brought back for 30 days. False: all of it is gone at once."
  type        = bool
  default     = true
  nullable    = false
}

variable "insights_mode" {
  description = "Database Insights: standard keeps 7 days for free, advanced 15 months."
  type        = string
  default     = "standard"
  nullable    = false

  validation {
    condition     = contains(["standard", "advanced"], var.insights_mode)
    error_message = "insights_mode must be standard or advanced."
  }
}

variable "monitoring_interval" {
  description = "Seconds between operating system metrics; 0 switches them off."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring_interval)
    error_message = "monitoring_interval must be 0, 1, 5, 10, 15, 30 or 60 seconds."
  }
}

variable "password_version" {
  description = "Raise by one to rotate the master password."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.password_version >= 1 && floor(var.password_version) == var.password_version
    error_message = "password_version must be a whole number from 1; raise it to rotate."
  }
}

variable "secret_replica" {
  description = "Region that gets a copy of the master secret, and the key there that encrypts it, or null."
  type = object({
    region      = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.secret_replica == null || strcontains(try(var.secret_replica.kms_key_arn, ""), ":kms:${try(var.secret_replica.region, "")}:")
    error_message = "secret_replica.kms_key_arn must be a key in secret_replica.region."
  }
}
