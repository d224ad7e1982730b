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

variable "node_security_group_id" {
  description = "Group of the nodes, whose pods are the targets."
  type        = string
  nullable    = false
}

variable "domain" {
  description = "Host name that the certificate is for, inside the zone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a host name such as api.dev.nura.example, without a scheme."
  }

  validation {
    condition     = endswith(var.domain, var.zone_name)
    error_message = "domain must lie inside zone_name, else the certificate could not be validated."
  }
}

variable "zone_name" {
  description = "Public hosted zone of the domain; it proves the certificate."
  type        = string
  nullable    = false
}

variable "public_cidrs" {
  description = "Ranges that may reach the load balancer directly. Empty: none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.public_cidrs : can(cidrnetmask(cidr)) && cidr != "0.0.0.0/0"])
    error_message = "public_cidrs must be valid IPv4 ranges and not the whole internet: that way leads through CloudFront and its firewall."
  }
}

variable "behind_cloudfront" {
  description = "Let in CloudFront and the health checkers of Route 53."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_bucket" {
  description = "Bucket of the access logs."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer until this is switched off."
  type        = bool
  default     = true
  nullable    = false
}
