data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
}

resource "aws_cloudwatch_log_group" "invocations" {
  count = var.invocation_logging ? 1 : 0

  name              = "/aws/bedrock/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.logs_kms_key_arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["bedrock.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:bedrock:${local.region}:${local.account}:*"]
    }
  }
}

resource "aws_iam_role" "logging" {
  count = var.invocation_logging ? 1 : 0

  name                 = "${var.name}-bedrock-logging-${local.region}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = "arn:${local.partition}:iam::${local.account}:policy/nura-boundary"
}

data "aws_iam_policy_document" "logging" {
  count = var.invocation_logging ? 1 : 0

  statement {
    sid       = "WriteInvocations"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.invocations[0].arn}:log-stream:aws/bedrock/modelinvocations"]
  }
}

resource "aws_iam_role_policy" "logging" {
  count = var.invocation_logging ? 1 : 0

  name   = "write-invocations"
  role   = aws_iam_role.logging[0].name
  policy = data.aws_iam_policy_document.logging[0].json
}

# One per account and region: AWS keeps no second configuration beside it.
resource "aws_bedrock_model_invocation_logging_configuration" "this" {
  count = var.invocation_logging ? 1 : 0

  logging_config {
    text_data_delivery_enabled      = var.log_bodies
    embedding_data_delivery_enabled = false
    image_data_delivery_enabled     = var.log_bodies

    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.invocations[0].name
      role_arn       = aws_iam_role.logging[0].arn

      dynamic "large_data_delivery_s3_config" {
        for_each = var.log_bodies ? [var.large_payload_bucket] : []

        content {
          bucket_name = large_data_delivery_s3_config.value
          key_prefix  = "bedrock"
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.logging]
}

resource "aws_bedrock_inference_profile" "this" {
  for_each = var.profiles

  name        = "${var.name}-${each.key}"
  description = "Calls of Nura to ${each.value}"

  model_source {
    copy_from = "arn:${local.partition}:bedrock:${local.region}:${local.account}:inference-profile/${each.value}"
  }
}
