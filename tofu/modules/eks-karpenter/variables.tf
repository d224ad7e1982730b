variable "cluster_name" {
  description = "Cluster whose nodes Karpenter makes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.cluster_name))
    error_message = "cluster_name must be 3 to 20 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "node_role_arn" {
  description = "Role that Karpenter gives to nodes; the managed node group's own, so that there is one to review."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.node_role_arn))
    error_message = "node_role_arn must be the ARN of an IAM role."
  }
}
