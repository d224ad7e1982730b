variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "model" {
  description = "Short name of the model, its container image by digest, and where its files lie in S3."
  type = object({
    name     = string
    image    = string
    data_url = string
  })
  nullable = false

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.model.image))
    error_message = "model.image must be pinned by digest (...@sha256:<64 hex digits>): a tag can change under a running endpoint."
  }

  validation {
    condition     = startswith(var.model.data_url, "s3://") && endswith(var.model.data_url, ".tar.gz")
    error_message = "model.data_url must be an s3:// address of a .tar.gz archive."
  }
}

variable "instance_type" {
  description = "Instance type of the endpoint."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.instance_type, "ml.")
    error_message = "instance_type must be a SageMaker type such as ml.g6.xlarge."
  }
}

variable "instances" {
  description = "Fewest and most instances. A fewest of 0 needs an inference component and is not offered here."
  type = object({
    min = number
    max = number
  })
  nullable = false

  validation {
    condition     = var.instances.min >= 1 && var.instances.min <= var.instances.max && var.instances.max <= 8
    error_message = "instances needs 1 <= min <= max <= 8."
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

variable "bucket_arn" {
  description = "Bucket that holds the model's files and receives captured requests."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.bucket_arn, "arn:aws:s3:::")
    error_message = "bucket_arn must be the ARN of a bucket."
  }
}

variable "capture_percentage" {
  description = "Share of requests kept for looking at quality; 0 keeps none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.capture_percentage >= 0 && var.capture_percentage <= 100
    error_message = "capture_percentage must be between 0 and 100."
  }
}
