variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC: a private /16. Subnets are cut from it: private /20, public and data /24, one each per zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && endswith(var.vpc_cidr, "/16")
    error_message = "vpc_cidr must be a valid IPv4 range of size /16, for example 10.20.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.vpc_cidr))
    error_message = "vpc_cidr must lie in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)."
  }
}

variable "zone_count" {
  description = "Availability zones to use, 2 or 3."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count must be 2 or 3: one zone cannot hold a Multi-AZ database or an EKS control plane."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway in each zone instead of one for all. The single one is cheaper and takes the egress of all zones down with its own."
  type        = bool
  default     = false
  nullable    = false
}

variable "interface_endpoints" {
  description = "AWS services reached over PrivateLink instead of NAT, by short name (for example bedrock-runtime). Each costs about 7.30 USD a month per zone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9.-]+$", service)) && !startswith(service, "com.")])
    error_message = "interface_endpoints takes short service names such as bedrock-runtime or ecr.dkr, without the com.amazonaws.<region> prefix."
  }
}

variable "cache" {
  description = "The data subnets hold a managed cache too: their network ACL lets its port in."
  type        = bool
  default     = false
  nullable    = false
}

variable "logs_kms_key_arn" {
  description = "KMS key that encrypts the flow logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$", var.logs_kms_key_arn))
    error_message = "logs_kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias."
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
