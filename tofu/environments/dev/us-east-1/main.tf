# Small, and the same in kind as production: one NAT gateway, one database, nothing with a GPU.
module "stack" {
  source = "../../../modules/stack"

  name                = "nura-dev"
  environment         = "development"
  namespace           = "nura-dev"
  domain              = "api.dev.${var.zone_name}"
  zone_name           = var.zone_name
  public_cidrs        = var.office_cidrs
  alarm_emails        = var.alarm_emails
  log_retention_days  = 7
  backup_days         = 7
  deletion_protection = false

  network = {
    vpc_cidr     = "10.20.0.0/16"
    zone_count   = 2
    nat_per_zone = false
  }

  cluster = {
    public_access_cidrs = var.public_access_cidrs
    admin_role_arns     = var.admin_role_arns
    node_group          = { instance_types = ["t4g.large"], min_size = 2, max_size = 4, desired_size = 2 }
  }

  database = {
    instance_class        = "db.t4g.micro"
    storage_gib           = { initial = 20, maximum = 50 }
    multi_az              = false
    backup_retention_days = 7
    monitoring_interval   = 0
  }
}

module "bedrock" {
  source = "../../../modules/bedrock"

  name               = "nura-dev"
  kms_key_arn        = module.stack.keys.data
  logs_kms_key_arn   = module.stack.keys.logs
  invocation_logging = false
  profiles = {
    main = "us.anthropic.claude-sonnet-4-6"
    fast = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
  }
}
