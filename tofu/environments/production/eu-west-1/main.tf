# Pilot light: the database follows, images, objects and secrets arrive, the cluster idles on two nodes.
# dr_active turns it into production; the exact set of changes is recorded in testing/golden/dr-flip.json.
data "aws_caller_identity" "current" {}

locals {
  name    = "nura-prod-dr"
  primary = "nura-prod"
  account = data.aws_caller_identity.current.account_id
}

# Replica of the primary's data key, made by the primary's root.
data "aws_kms_alias" "primary" {
  name = "alias/${local.primary}/data"
}

module "stack" {
  source = "../../../modules/stack"

  name                = local.name
  environment         = "production"
  namespace           = "nura-prod"
  domain              = "origin.${var.zone_name}"
  zone_name           = var.zone_name
  behind_cloudfront   = true
  alarm_emails        = var.alarm_emails
  log_retention_days  = 90
  backup_days         = 35
  deletion_protection = true

  primary = {
    name                 = local.primary
    documents_bucket_arn = "arn:aws:s3:::${local.primary}-documents-${local.account}-eu-west-1"
    backups_bucket_arn   = "arn:aws:s3:::${local.primary}-backups-${local.account}-eu-west-1"
    kms_key_arn          = data.aws_kms_alias.primary.target_key_arn
  }

  network = {
    vpc_cidr     = "10.50.0.0/16"
    zone_count   = 3
    nat_per_zone = false
  }

  cluster = {
    public_access_cidrs = var.public_access_cidrs
    admin_role_arns     = var.admin_role_arns
    node_group = {
      instance_types = ["m7g.large"]
      min_size       = var.dr_active ? 3 : 2
      max_size       = 6
      desired_size   = var.dr_active ? 3 : 2
    }
  }

  database = {
    instance_class        = "db.r7g.large"
    storage_gib           = { initial = 100, maximum = 500 }
    multi_az              = var.dr_active
    backup_retention_days = 35
    insights_mode         = "standard"
    replicate_from_arn    = "arn:aws:rds:us-east-1:${local.account}:db:${local.primary}-postgres"
    promoted              = var.dr_active
  }
}

module "bedrock" {
  source = "../../../modules/bedrock"

  name               = local.name
  kms_key_arn        = module.stack.keys.data
  logs_kms_key_arn   = module.stack.keys.logs
  log_retention_days = 90
  profiles = {
    main = "eu.anthropic.claude-sonnet-4-6"
    fast = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
  }
}
