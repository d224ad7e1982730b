# What belongs to no region: names, the content network and its firewall.
locals {
  regions = {
    us-east-1 = "nura-prod-api"
    eu-west-1 = "nura-prod-dr-api"
  }
}

data "aws_caller_identity" "current" {}

data "aws_lb" "region" {
  for_each = local.regions

  region = each.key
  name   = each.value
}

data "aws_kms_alias" "logs" {
  name = "alias/nura-prod/logs"
}

module "failover" {
  source = "../../../modules/dns-failover"

  name        = "nura-prod"
  zone_name   = var.zone_name
  record_name = "origin.${var.zone_name}"
  dr_active   = var.dr_active
  # By name, as the root of us-east-1 makes it.
  alarm_topic_arn = "arn:aws:sns:us-east-1:${data.aws_caller_identity.current.account_id}:nura-prod-alarms"
  regions = [
    for region in ["us-east-1", "eu-west-1"] : {
      region   = region
      dns_name = data.aws_lb.region[region].dns_name
      zone_id  = data.aws_lb.region[region].zone_id
    }
  ]
}

module "edge" {
  source = "../../../modules/edge"

  name               = "nura-prod"
  domain             = "api.${var.zone_name}"
  origin_domain      = module.failover.record_name
  zone_name          = var.zone_name
  logs_kms_key_arn   = data.aws_kms_alias.logs.target_key_arn
  log_retention_days = 90
}
