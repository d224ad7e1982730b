data "aws_iam_policy_document" "trust" {
  count = var.replica == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replicate" {
  count = var.replica == null ? 0 : 1

  statement {
    sid       = "ReadSourceSettings"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [aws_s3_bucket.this["primary"].arn]
  }

  statement {
    sid       = "ReadSourceVersions"
    actions   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    resources = ["${aws_s3_bucket.this["primary"].arn}/*"]
  }

  statement {
    sid       = "WriteReplica"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.this["replica"].arn}/*"]
  }

  statement {
    sid       = "DecryptSource"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptReplica"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.replica.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.replica.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "replication" {
  count = var.replica == null ? 0 : 1

  name                 = "${var.name}-${var.purpose}-replication"
  assume_role_policy   = data.aws_iam_policy_document.trust[0].json
  permissions_boundary = var.bounded ? "arn:${data.aws_partition.current.partition}:iam::${local.account}:policy/nura-boundary" : null
}

resource "aws_iam_role_policy" "replication" {
  count = var.replica == null ? 0 : 1

  name   = "replicate"
  role   = aws_iam_role.replication[0].name
  policy = data.aws_iam_policy_document.replicate[0].json
}

resource "aws_s3_bucket_replication_configuration" "this" {
  count = var.replica == null ? 0 : 1

  bucket = aws_s3_bucket.this["primary"].id
  role   = aws_iam_role.replication[0].arn

  rule {
    id       = "everything"
    status   = "Enabled"
    priority = 1

    filter {}

    # A deletion travels too; the versions behind it stay on both sides.
    delete_marker_replication {
      status = "Enabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = aws_s3_bucket.this["replica"].arn
      storage_class = "STANDARD_IA"

      encryption_configuration {
        replica_kms_key_id = var.replica.kms_key_arn
      }

      # Replication time control: 99.9 % of objects within 15 minutes, measured.
      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}
