locals {
  environment_roles = [for environment in ["dev", "prod", "prod-dr", "staging"] : "arn:${local.partition}:iam::${local.account}:role/nura-${environment}-*"]
}

# What roles of environments can do at most, whatever their own policies say: nothing to identities and their rights. So whoever writes those
# policies makes no administrator.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid         = "AllButIdentities"
    not_actions = ["account:*", "iam:*", "organizations:*"]
    resources   = ["*"]
  }

  statement {
    sid = "WhatNodesAndServicesNeed"
    actions = [
      "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:CreateServiceLinkedRole", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile",
      "iam:ListInstanceProfiles", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "PassOwnRoles"
    actions   = ["iam:PassRole"]
    resources = local.environment_roles
  }
}

# Modules name it by its ARN, which they put together: it must be there before the first environment.
resource "aws_iam_policy" "boundary" {
  name        = "nura-boundary"
  description = "What roles of environments can do at most"
  policy      = data.aws_iam_policy_document.boundary.json
}
