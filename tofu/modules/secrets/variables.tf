variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
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

variable "generated" {
  description = "Secrets that AWS draws at random, by name, with the length and a version to raise for rotation."
  type = map(object({
    description = string
    length      = optional(number, 48)
    version     = optional(number, 1)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for secret in values(var.generated) : secret.length >= 32])
    error_message = "Generated secrets must be at least 32 characters long."
  }

  validation {
    condition     = alltrue([for name in keys(var.generated) : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "Names of generated secrets are lower-case letters, digits and hyphens."
  }
}

variable "external" {
  description = "Secrets that a person fills in by hand (tokens of other systems), by name, with a description. They start empty."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.external), keys(var.generated))) == 0
    error_message = "A secret is either generated or external, not both."
  }
}

variable "replica" {
  description = "Region that gets a copy of every secret, and the key there that encrypts it, or null."
  type = object({
    region      = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.replica == null || strcontains(try(var.replica.kms_key_arn, ""), ":kms:${try(var.replica.region, "")}:")
    error_message = "replica.kms_key_arn must be a key in replica.region."
  }
}

variable "deletion_protection" {
  description = "Deleted secrets can be brought back for 30 days, and keep their names as long. False: they are gone at once, and an environment can be made anew under its name."
  type        = bool
  default     = true
  nullable    = false
}
