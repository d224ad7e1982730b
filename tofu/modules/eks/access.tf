locals {
  access = merge(
    { for name, arn in var.admin_role_arns : "admin-${name}" => { arn = arn, policy = "AmazonEKSClusterAdminPolicy" } },
    { for name, arn in var.viewer_role_arns : "viewer-${name}" => { arn = arn, policy = "AmazonEKSViewPolicy" } },
  )
}

resource "aws_eks_access_entry" "people" {
  for_each = local.access

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value.arn
  type          = "STANDARD"
}

resource "aws_eks_access_policy_association" "people" {
  for_each = local.access

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.people[each.key].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type = "cluster"
  }
}
