data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # Pull requests may look; only a run in a protected environment, which a person approves, may change.
  roles = {
    plan  = { subjects = ["repo:${var.github_repository}:pull_request"], policy = "ReadOnlyAccess" }
    apply = { subjects = [for name in ["development", "production", "staging"] : "repo:${var.github_repository}:environment:${name}"], policy = "PowerUserAccess" }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "github" {
  for_each = local.roles

  statement {
    sid     = "WorkflowsOfOneRepository"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = each.value.subjects
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name                 = "nura-tofu-${each.key}"
  description          = "GitHub workflows that ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.github[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "github" {
  for_each = local.roles

  role       = aws_iam_role.github[each.key].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/${each.value.policy}"
}

data "aws_iam_policy_document" "plan" {
  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${module.state.arn}/*.tflock"]
  }

  statement {
    sid       = "ReadEncryptedState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.kms.data_key_arn, module.kms.data_replica_key_arn]
  }

  # A plan draws passwords too, which nothing gets to see. Those that are in use it does not read (module rds-postgres).
  statement {
    sid       = "DrawPasswords"
    actions   = ["secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }

  # ReadOnlyAccess would let a pull request read what users uploaded.
  statement {
    sid       = "NoDocuments"
    effect    = "Deny"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["arn:${local.partition}:s3:::nura-*-documents-*/*"]
  }
}

resource "aws_iam_role_policy" "plan" {
  name   = "state"
  role   = aws_iam_role.github["plan"].name
  policy = data.aws_iam_policy_document.plan.json
}

# PowerUserAccess leaves out IAM; what the modules make there all carries our prefix.
data "aws_iam_policy_document" "apply" {
  statement {
    sid = "ManageOwnRoles"
    actions = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:PassRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole", "iam:UpdateRoleDescription",
    ]
    resources = local.environment_roles
  }

  # Rights only for roles that stay within the boundary, which this role can neither change nor take off.
  statement {
    sid       = "GiveRightsWithinTheBoundary"
    actions   = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    resources = local.environment_roles

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid       = "ManageClusterIdentityProviders"
    actions   = ["iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider", "iam:GetOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint"]
    resources = ["arn:${local.partition}:iam::${local.account}:oidc-provider/oidc.eks.*"]
  }

  # The roles of the workflows stay as they are.
  statement {
    sid       = "NotItself"
    effect    = "Deny"
    actions   = ["iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
    resources = ["arn:${local.partition}:iam::${local.account}:role/nura-tofu-*"]
  }
}

resource "aws_iam_role_policy" "apply" {
  name   = "iam"
  role   = aws_iam_role.github["apply"].name
  policy = data.aws_iam_policy_document.apply.json
}
