data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# Three keys, because three different parties may read: the stores, CloudWatch Logs, and the EKS API server.
resource "aws_kms_key" "data" {
  description             = "${var.name}: databases, caches, buckets, secrets, backups"
  enable_key_rotation     = true
  multi_region            = var.replica_region != null
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.data.json

  tags = { Name = "${var.name}-data" }
}

resource "aws_kms_alias" "data" {
  name          = "alias/${var.name}/data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_kms_replica_key" "data" {
  count = var.replica_region == null ? 0 : 1

  region                  = var.replica_region
  description             = "${var.name}: replica of the data key"
  primary_key_arn         = aws_kms_key.data.arn
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.data.json

  tags = { Name = "${var.name}-data" }
}

resource "aws_kms_alias" "data_replica" {
  count = var.replica_region == null ? 0 : 1

  region        = var.replica_region
  name          = "alias/${var.name}/data"
  target_key_id = aws_kms_replica_key.data[0].key_id
}

resource "aws_kms_key" "logs" {
  description             = "${var.name}: CloudWatch log groups and alarm topics"
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.logs.json

  tags = { Name = "${var.name}-logs" }
}

resource "aws_kms_alias" "logs" {
  name          = "alias/${var.name}/logs"
  target_key_id = aws_kms_key.logs.key_id
}

resource "aws_kms_key" "cluster" {
  description             = "${var.name}: Kubernetes secrets in etcd"
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days
  policy                  = data.aws_iam_policy_document.account.json

  tags = { Name = "${var.name}-cluster" }
}

resource "aws_kms_alias" "cluster" {
  name          = "alias/${var.name}/cluster"
  target_key_id = aws_kms_key.cluster.key_id
}
