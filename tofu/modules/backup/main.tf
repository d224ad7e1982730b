data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  vaults = merge(
    { local = { region = data.aws_region.current.region, key = var.kms_key_arn } },
    var.copy == null ? {} : { copy = { region = var.copy.region, key = var.copy.kms_key_arn } },
  )
}

resource "aws_backup_vault" "this" {
  for_each = local.vaults

  region      = each.value.region
  name        = var.name
  kms_key_arn = each.value.key
}

resource "aws_backup_vault_lock_configuration" "this" {
  for_each = var.lock ? local.vaults : {}

  region             = each.value.region
  backup_vault_name  = aws_backup_vault.this[each.key].name
  min_retention_days = 7
}

resource "aws_backup_plan" "this" {
  name = var.name

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.this["local"].name
    schedule                 = "cron(0 2 * * ? *)"
    start_window             = 60
    completion_window        = 300
    enable_continuous_backup = false

    lifecycle {
      delete_after = var.daily_retention_days
    }

    dynamic "copy_action" {
      for_each = var.copy == null ? [] : [var.copy]

      content {
        destination_vault_arn = aws_backup_vault.this["copy"].arn

        lifecycle {
          delete_after = copy_action.value.retention_days
        }
      }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-backup-${data.aws_region.current.region}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/nura-boundary"
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset(["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"])

  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/${each.key}"
}

# What wants a backup says so with a tag; a test checks that every store does.
resource "aws_backup_selection" "this" {
  name         = "tagged"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this.arn

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = "nura"
  }
}
