variable "role_name" {
  description = "Name of the role, for example nura-dev-rag. The region is appended, because IAM is global and clusters are not."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,47}$", var.role_name))
    error_message = "role_name must be 3 to 48 lower-case letters, digits and hyphens, starting with a letter (IAM allows 64 with the region)."
  }
}

variable "cluster_name" {
  description = "Cluster the workload runs in."
  type        = string
  nullable    = false
}

variable "namespace" {
  description = "Kubernetes namespace of the service account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be a Kubernetes name: up to 63 lower-case letters, digits and hyphens. Wildcards would hand the role to others."
  }
}

variable "service_account" {
  description = "Kubernetes service account that gets the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.service_account))
    error_message = "service_account must be a Kubernetes name: up to 63 lower-case letters, digits and hyphens. Wildcards would hand the role to others."
  }
}

variable "policy_json" {
  description = "What the workload may do, as an IAM policy document."
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.policy_json).Statement)
    error_message = "policy_json must be an IAM policy document (JSON with a Statement)."
  }
}

variable "mode" {
  description = "How the token becomes a role: pod-identity, or irsa where the Pod Identity agent cannot run (Fargate, other clusters)."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.mode)
    error_message = "mode must be pod-identity or irsa."
  }

  validation {
    condition     = var.mode != "irsa" || (var.oidc_provider_arn != null && var.oidc_issuer != null)
    error_message = "mode irsa needs oidc_provider_arn and oidc_issuer."
  }
}

variable "oidc_provider_arn" {
  description = "OpenID Connect provider of the cluster; only for irsa."
  type        = string
  default     = null
}

variable "oidc_issuer" {
  description = "Issuer of the cluster without the scheme; only for irsa."
  type        = string
  default     = null
}
