# Applied once for an account, with the state kept locally until the bucket exists (docs/environment-setup.md).
locals {
  name           = "nura-shared"
  replica_region = "eu-west-1"
}

module "kms" {
  source = "../modules/kms"

  name           = local.name
  replica_region = local.replica_region
}

module "state" {
  source = "../modules/storage-replicated"

  name             = local.name
  purpose          = "state"
  kms_key_arn      = module.kms.data_key_arn
  old_version_days = 365
  bounded          = false
  replica          = { region = local.replica_region, kms_key_arn = module.kms.data_replica_key_arn }
}

module "images" {
  source = "../modules/ecr"

  repositories   = ["nura-agents", "nura-api", "nura-embeddings", "nura-git-base", "nura-jobs", "nura-rag"]
  kms_key_arn    = module.kms.data_key_arn
  replica_region = local.replica_region
}

module "audit" {
  source = "../modules/audit-trail"

  name = local.name
}

module "budgets" {
  source = "../modules/budgets"

  monthly_usd = var.monthly_usd
  emails      = var.budget_emails
}

resource "aws_route53_zone" "this" {
  name          = var.zone_name
  comment       = "Nura"
  force_destroy = false
}
