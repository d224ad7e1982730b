variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "domain" {
  description = "Public host name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a host name such as nura.example, without a scheme."
  }
}

variable "origin_domain" {
  description = "Host name that CloudFront sends everything to: the failover record, so that all methods follow a failover, not only GET."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.origin_domain)) && var.origin_domain != var.domain
    error_message = "origin_domain must be a host name other than domain, else CloudFront would call itself."
  }
}

variable "zone_name" {
  description = "Public hosted zone of both names."
  type        = string
  nullable    = false
}

variable "rate_limit" {
  description = "Requests that one address may send in five minutes."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.rate_limit >= 100 && var.rate_limit <= 100000
    error_message = "rate_limit must be between 100 and 100000 requests in five minutes."
  }
}

variable "logs_kms_key_arn" {
  description = "Key in us-east-1 that encrypts the logs."
  type        = string
  nullable    = false

  validation {
    condition     = strcontains(var.logs_kms_key_arn, ":kms:us-east-1:")
    error_message = "logs_kms_key_arn must be a key in us-east-1: CloudFront and its firewall log there."
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
