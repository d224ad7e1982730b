variable "repositories" {
  description = "Image repositories, for example nura-api."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for name in var.repositories : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name))])
    error_message = "repositories needs at least one name of lower-case letters, digits and single hyphens."
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

variable "replica_region" {
  description = "Region that gets a copy of every image, or null."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.replica_region))
    error_message = "replica_region must be an AWS region such as eu-west-1, or null."
  }
}

variable "keep_images" {
  description = "Tagged images to keep of each repository; far more than a rollback needs."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.keep_images >= 20
    error_message = "keep_images must be at least 20: production may run an image that is many builds old."
  }
}
