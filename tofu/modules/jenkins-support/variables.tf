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

variable "cluster_name" {
  description = "Cluster that Jenkins runs in."
  type        = string
  nullable    = false
}

variable "node_security_group_id" {
  description = "Group of the nodes, which mount the file system."
  type        = string
  nullable    = false
}

variable "repository_arns" {
  description = "Image repositories that build agents may push to."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.repository_arns) > 0 && alltrue([for arn in var.repository_arns : can(regex("^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9-]+$", arn))])
    error_message = "repository_arns needs at least one full ECR repository ARN, without wildcards."
  }
}
