# Cross-region profiles run in any region of their group, so the models behind them are named without a region.
data "aws_iam_policy_document" "models" {
  statement {
    sid     = "InvokeModels"
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = concat(
      [for vendor in local.model_vendors : "arn:${local.partition}:bedrock:*::foundation-model/${vendor}.*"],
      [
        "arn:${local.partition}:bedrock:${local.region}:${local.account}:inference-profile/*",
        local.application_profiles,
      ],
    )
  }

  statement {
    sid       = "InvokeOwnEndpoints"
    actions   = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
    resources = ["arn:${local.partition}:sagemaker:${local.region}:${local.account}:endpoint/${local.origin}-*"]
  }
}

locals {
  model_vendors        = ["amazon", "anthropic", "cohere", "meta", "openai", "qwen"]
  application_profiles = "arn:${local.partition}:bedrock:${local.region}:${local.account}:application-inference-profile/*"
}

# Who takes requests for models is also told about profiles by their ARN, which it must look up.
data "aws_iam_policy_document" "gateway" {
  source_policy_documents = [data.aws_iam_policy_document.models.json]

  statement {
    sid       = "LookUpProfiles"
    actions   = ["bedrock:GetInferenceProfile"]
    resources = [local.application_profiles]
  }

  statement {
    sid       = "ApplyGuardrail"
    actions   = ["bedrock:ApplyGuardrail"]
    resources = ["arn:${local.partition}:bedrock:${local.region}:${local.account}:guardrail/*"]
  }
}

data "aws_iam_policy_document" "documents_read" {
  statement {
    sid       = "ReadDocuments"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${local.documents_bucket}/*"]
  }

  statement {
    sid       = "ListDocuments"
    actions   = ["s3:ListBucket"]
    resources = [local.documents_bucket]
  }

  statement {
    sid       = "DecryptDocuments"
    actions   = ["kms:Decrypt"]
    resources = local.data_keys

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "documents_write" {
  source_policy_documents = [data.aws_iam_policy_document.documents_read.json]

  statement {
    sid       = "WriteDocuments"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${local.documents_bucket}/*"]
  }

  statement {
    sid       = "EncryptDocuments"
    actions   = ["kms:GenerateDataKey"]
    resources = local.data_keys

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}

# Who dumps can add and neither read nor delete; who restores can only read.
data "aws_iam_policy_document" "backups_write" {
  statement {
    sid       = "StoreBackups"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${local.backups_bucket}/postgres/*"]
  }

  # Decrypt too: S3 asks for it when the parts of a large upload are put together.
  statement {
    sid       = "EncryptBackups"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = local.data_keys

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "backups_read" {
  statement {
    sid       = "ReadBackups"
    actions   = ["s3:GetObject"]
    resources = ["${local.backups_bucket}/postgres/*"]
  }

  statement {
    sid       = "ListBackups"
    actions   = ["s3:ListBucket"]
    resources = [local.backups_bucket]
  }

  statement {
    sid       = "DecryptBackups"
    actions   = ["kms:Decrypt"]
    resources = local.data_keys

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "cache" {
  count = var.cache == null ? 0 : 1

  statement {
    sid       = "SignInToCache"
    actions   = ["elasticache:Connect"]
    resources = [module.cache[0].arn, module.cache[0].user_arn]
  }
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["${local.secrets}/*"]
  }

  statement {
    sid       = "DecryptSecrets"
    actions   = ["kms:Decrypt"]
    resources = local.data_keys

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${local.region}.amazonaws.com"]
    }
  }
}

# The load balancer is ours, not the controller's: it may register pods in target groups and make nothing.
data "aws_iam_policy_document" "targets" {
  statement {
    sid       = "RegisterPods"
    actions   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    resources = [module.ingress.target_group_arn]
  }

  statement {
    sid       = "Look"
    actions   = ["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"]
    resources = ["*"]
  }
}

# Prometheus' alerts go where the cloud's alarms go.
data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "SendAlerts"
    actions   = ["sns:Publish"]
    resources = [module.observability.alarm_topic_arn]
  }

  statement {
    sid       = "EncryptAlerts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.kms.logs_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${local.region}.amazonaws.com"]
    }
  }
}
