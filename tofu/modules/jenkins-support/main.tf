# The controller's home. The controller itself runs in the cluster from Jenkins' own chart (manifests/platform/jenkins);
# EFS lets it move between zones, which a volume of one zone would not.
resource "aws_efs_file_system" "home" {
  creation_token  = "${var.name}-jenkins"
  encrypted       = true
  kms_key_id      = var.kms_key_arn
  throughput_mode = "elastic"

  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }

  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }

  tags = {
    Name   = "${var.name}-jenkins"
    Backup = "nura"
  }
}

resource "aws_efs_backup_policy" "home" {
  file_system_id = aws_efs_file_system.home.id

  # AWS Backup copies it by tag, with our retention and to the other region.
  backup_policy {
    status = "DISABLED"
  }
}

resource "aws_efs_access_point" "home" {
  file_system_id = aws_efs_file_system.home.id

  posix_user {
    uid = 1000
    gid = 1000
  }

  root_directory {
    path = "/jenkins"

    creation_info {
      owner_uid   = 1000
      owner_gid   = 1000
      permissions = "0750"
    }
  }

  tags = { Name = "${var.name}-jenkins" }
}

resource "aws_security_group" "home" {
  name        = "${var.name}-jenkins-home"
  description = "NFS from the nodes"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-jenkins-home" }
}

resource "aws_vpc_security_group_ingress_rule" "nfs" {
  security_group_id            = aws_security_group.home.id
  description                  = "NFS from the nodes"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = var.node_security_group_id
}

resource "aws_efs_mount_target" "home" {
  count = length(var.subnet_ids)

  file_system_id  = aws_efs_file_system.home.id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = [aws_security_group.home.id]
}

data "aws_iam_policy_document" "home" {
  statement {
    sid       = "MountOverTlsThroughAccessPoint"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.home.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }

    condition {
      test     = "StringEquals"
      variable = "elasticfilesystem:AccessPointArn"
      values   = [aws_efs_access_point.home.arn]
    }
  }
}

resource "aws_efs_file_system_policy" "home" {
  file_system_id = aws_efs_file_system.home.id
  policy         = data.aws_iam_policy_document.home.json
}

# Agents build and push images; they deploy nothing, Argo CD does.
data "aws_iam_policy_document" "agent" {
  statement {
    sid = "PushImages"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = var.repository_arns
  }

  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

module "agent" {
  source = "../workload-identity"

  role_name       = "${var.name}-jenkins-agent"
  cluster_name    = var.cluster_name
  namespace       = "jenkins"
  service_account = "jenkins-agent"
  policy_json     = data.aws_iam_policy_document.agent.json
}
