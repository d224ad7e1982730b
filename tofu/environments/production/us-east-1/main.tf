locals {
  name           = "nura-prod"
  replica_region = "eu-west-1"
}

module "stack" {
  source = "../../../modules/stack"

  name                = local.name
  environment         = "production"
  namespace           = "nura-prod"
  domain              = "origin.${var.zone_name}"
  zone_name           = var.zone_name
  behind_cloudfront   = true
  replica_region      = local.replica_region
  alarm_emails        = var.alarm_emails
  log_retention_days  = 90
  backup_days         = 35
  deletion_protection = true

  network = {
    vpc_cidr     = "10.40.0.0/16"
    zone_count   = 3
    nat_per_zone = true
    # What carries prompts, secrets and images does not leave AWS's network.
    interface_endpoints = ["bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts"]
  }

  cluster = {
    public_access_cidrs = var.public_access_cidrs
    admin_role_arns     = var.admin_role_arns
    node_group          = { instance_types = ["m7g.large"], min_size = 3, max_size = 6, desired_size = 3 }
  }

  # A whole L4: the model (Nura.AppHost) takes nearly all of its memory.
  gpu = { instance_types = ["g6.xlarge"], limit = 2 }

  database = {
    instance_class        = "db.r7g.large"
    storage_gib           = { initial = 100, maximum = 500 }
    multi_az              = true
    backup_retention_days = 35
    read_replica_count    = 1
    insights_mode         = "advanced"
  }
}

module "bedrock" {
  source = "../../../modules/bedrock"

  name               = local.name
  kms_key_arn        = module.stack.keys.data
  logs_kms_key_arn   = module.stack.keys.logs
  log_retention_days = 90
  profiles = {
    main = "us.anthropic.claude-sonnet-4-6"
    fast = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
  }
}

module "embeddings" {
  source = "../../../modules/sagemaker-endpoint"
  count  = var.embedding_model == null ? 0 : 1

  name          = local.name
  model         = var.embedding_model
  instance_type = "ml.g4dn.xlarge"
  instances     = { min = 1, max = 3 }
  vpc_id        = module.stack.network.vpc_id
  subnet_ids    = module.stack.network.private_subnet_ids
  kms_key_arn   = module.stack.keys.data
  bucket_arn    = module.stack.documents.arn
}
