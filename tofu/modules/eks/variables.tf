variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes minor version of the control plane."
  type        = string
  default     = "1.36"
  nullable    = false

  validation {
    condition     = contains(["1.35", "1.36"], var.kubernetes_version)
    error_message = "kubernetes_version must be 1.35 or 1.36: older ones are near or past the end of standard support, after which the control plane costs six times as much."
  }
}

variable "subnet_ids" {
  description = "Private subnets of control plane interfaces and nodes, in at least two zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "EKS needs subnets in at least two availability zones."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts Kubernetes secrets."
  type        = string
  nullable    = false
}

variable "logs_kms_key_arn" {
  description = "Key that encrypts the control plane's logs."
  type        = string
  nullable    = false
}

variable "public_access_cidrs" {
  description = "Ranges that may reach the API server over the internet. Empty: the endpoint is private only."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrnetmask(cidr))])
    error_message = "public_access_cidrs must be valid IPv4 ranges such as 198.51.100.0/24."
  }

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : try(tonumber(split("/", cidr)[1]), 0) >= 16])
    error_message = "public_access_cidrs must not contain ranges wider than /16: the API server is not for the whole internet. Leave the list empty and use the VPN, or name your offices."
  }
}

variable "node_group" {
  description = "The small managed group that carries Karpenter, CoreDNS and Argo CD; application nodes come from Karpenter."
  type = object({
    instance_types = list(string)
    min_size       = number
    max_size       = number
    desired_size   = number
    disk_gib       = optional(number, 30)
  })
  nullable = false

  validation {
    condition     = var.node_group.min_size >= 2 && var.node_group.min_size <= var.node_group.desired_size && var.node_group.desired_size <= var.node_group.max_size
    error_message = "node_group needs 2 <= min_size <= desired_size <= max_size: with one node every upgrade is an outage."
  }

  validation {
    condition     = alltrue([for type in var.node_group.instance_types : can(regex("^(t4g|[cmr][6-9]g[a-z]*)\\.", type))]) && length(var.node_group.instance_types) > 0
    error_message = "node_group.instance_types must be Graviton types (t4g, m7g, c8g, ...): the group runs the arm64 image."
  }

  validation {
    condition     = var.node_group.disk_gib >= 20
    error_message = "node_group.disk_gib must be at least 20: images and logs need the room."
  }
}

variable "admin_role_arns" {
  description = "IAM roles that administer the cluster, by a short name each. Nobody else gets in; the creator is not an administrator."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.admin_role_arns) > 0 && alltrue([for arn in values(var.admin_role_arns) : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "admin_role_arns needs at least one IAM role ARN, else nobody could enter the cluster."
  }
}

variable "viewer_role_arns" {
  description = "IAM roles that may look at everything but secrets, by a short name each."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the cluster until this is switched off."
  type        = bool
  default     = true
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
