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
  description = "Environment, as tags and Argo CD name it."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "environment must be development, staging or production."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the services."
  type        = string
  nullable    = false
}

variable "network" {
  description = "The VPC: range, zones, NAT gateways and private endpoints (module network)."
  type = object({
    vpc_cidr            = string
    zone_count          = number
    nat_per_zone        = bool
    interface_endpoints = optional(set(string), [])
  })
  nullable = false
}

variable "cluster" {
  description = "The cluster: version, who gets in, and its system nodes (module eks)."
  type = object({
    kubernetes_version  = optional(string, "1.36")
    public_access_cidrs = optional(list(string), [])
    admin_role_arns     = map(string)
    viewer_role_arns    = optional(map(string), {})
    node_group = object({
      instance_types = list(string)
      min_size       = number
      max_size       = number
      desired_size   = number
      disk_gib       = optional(number, 30)
    })
  })
  nullable = false
}

variable "gpu" {
  description = "Bounds of the GPU pool, which Karpenter starts from zero: instance types and the most GPUs at once; 0 forbids them."
  type = object({
    instance_types = list(string)
    limit          = number
  })
  default  = { instance_types = ["g6f.large", "g6.xlarge"], limit = 0 }
  nullable = false

  validation {
    condition     = var.gpu.limit >= 0 && var.gpu.limit <= 8
    error_message = "gpu.limit must be between 0 and 8: one g6.xlarge that never sleeps costs 587 USD a month."
  }
}

variable "database" {
  description = "PostgreSQL (module rds-postgres). With replicate_from_arn it follows a primary in another region until promoted."
  type = object({
    instance_class        = string
    storage_gib           = object({ initial = number, maximum = number })
    multi_az              = bool
    backup_retention_days = number
    read_replica_count    = optional(number, 0)
    insights_mode         = optional(string, "standard")
    monitoring_interval   = optional(number, 60)
    replicate_from_arn    = optional(string)
    promoted              = optional(bool, false)
  })
  nullable = false
}

variable "cache" {
  description = "A managed Valkey (module elasticache), and who may sign in to it. Null: none of that; the cache runs in the cluster (decision 0039)."
  type = object({
    node_type     = string
    node_count    = number
    snapshot_days = optional(number, 0)
  })
  default = null
}

variable "domain" {
  description = "Host name that the load balancer's certificate is for."
  type        = string
  nullable    = false
}

variable "zone_name" {
  description = "Public hosted zone, made by bootstrap."
  type        = string
  nullable    = false
}

variable "public_cidrs" {
  description = "Ranges that may reach the load balancer directly."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "behind_cloudfront" {
  description = "CloudFront and the health checkers of Route 53 may reach the load balancer."
  type        = bool
  default     = false
  nullable    = false
}

variable "replica_region" {
  description = "Region that gets replicas of key, secrets, objects and backups. Null: none."
  type        = string
  default     = null
}

variable "primary" {
  description = "In a standby region: what the primary region replicates here. Null in a primary region."
  type = object({
    name                 = string
    documents_bucket_arn = string
    backups_bucket_arn   = string
    kms_key_arn          = string
  })
  default = null

  validation {
    condition     = var.primary == null || var.replica_region == null
    error_message = "A standby region does not replicate on: set primary or replica_region, not both."
  }
}

variable "external_secrets" {
  description = "Secrets that a person fills in, by name, with a description."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "backup_days" {
  description = "Days that daily backups are kept."
  type        = number
  nullable    = false
}

variable "alarm_emails" {
  description = "Addresses that get the alarms."
  type        = set(string)
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

variable "deletion_protection" {
  description = "Refuse to delete cluster, database and load balancer; keep deleted secrets for 30 days. False: an environment can be destroyed and made anew under its name."
  type        = bool
  nullable    = false
}
