# Production in small: Multi-AZ and failover are rehearsed here.
module "stack" {
  source = "../../../modules/stack"

  name                = "nura-staging"
  environment         = "staging"
  namespace           = "nura-staging"
  domain              = "api.staging.${var.zone_name}"
  zone_name           = var.zone_name
  public_cidrs        = var.office_cidrs
  alarm_emails        = var.alarm_emails
  log_retention_days  = 30
  backup_days         = 14
  deletion_protection = true

  network = {
    vpc_cidr     = "10.30.0.0/16"
    zone_count   = 3
    nat_per_zone = false
  }

  cluster = {
    public_access_cidrs = var.public_access_cidrs
    admin_role_arns     = var.admin_role_arns
    node_group          = { instance_types = ["t4g.large"], min_size = 2, max_size = 6, desired_size = 3 }
  }

  database = {
    instance_class        = "db.t4g.medium"
    storage_gib           = { initial = 20, maximum = 100 }
    multi_az              = true
    backup_retention_days = 14
  }
}

module "bedrock" {
  source = "../../../modules/bedrock"

  name               = "nura-staging"
  kms_key_arn        = module.stack.keys.data
  logs_kms_key_arn   = module.stack.keys.logs
  invocation_logging = false
  profiles = {
    main = "us.anthropic.claude-sonnet-4-6"
    fast = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
  }
}
