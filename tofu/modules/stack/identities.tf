data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region

  # In a standby region objects, secrets and their key carry the primary's name.
  origin           = var.primary == null ? var.name : var.primary.name
  documents_bucket = var.primary == null ? module.documents[0].arn : var.primary.documents_bucket_arn
  backups_bucket   = var.primary == null ? module.backups[0].arn : var.primary.backups_bucket_arn
  data_keys        = compact([module.kms.data_key_arn, try(var.primary.kms_key_arn, null)])
  secrets          = "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:${local.origin}"

  identities = {
    nura-api = {
      namespace = var.namespace
      documents = concat([data.aws_iam_policy_document.gateway.json], data.aws_iam_policy_document.cache[*].json)
    }
    nura-agents = {
      namespace = var.namespace
      documents = concat([data.aws_iam_policy_document.gateway.json, data.aws_iam_policy_document.documents_read.json], data.aws_iam_policy_document.cache[*].json)
    }
    nura-rag = {
      namespace = var.namespace
      documents = concat([data.aws_iam_policy_document.models.json, data.aws_iam_policy_document.documents_write.json], data.aws_iam_policy_document.cache[*].json)
    }
    pg-backup = {
      namespace = var.namespace
      documents = [data.aws_iam_policy_document.backups_write.json]
    }
    pg-restore-drill = {
      namespace = var.namespace
      documents = [data.aws_iam_policy_document.backups_read.json]
    }
    external-secrets = {
      namespace = "external-secrets"
      documents = [data.aws_iam_policy_document.secrets.json]
    }
    aws-load-balancer-controller = {
      namespace = "kube-system"
      documents = [data.aws_iam_policy_document.targets.json]
    }
    alertmanager = {
      namespace = "monitoring"
      documents = [data.aws_iam_policy_document.alarms.json]
    }
  }
}

data "aws_iam_policy_document" "merged" {
  for_each = local.identities

  source_policy_documents = each.value.documents
}

module "identity" {
  source   = "../workload-identity"
  for_each = local.identities

  role_name       = "${var.name}-${trimprefix(each.key, "nura-")}"
  cluster_name    = module.cluster.name
  namespace       = each.value.namespace
  service_account = each.key
  policy_json     = data.aws_iam_policy_document.merged[each.key].json
}
