data "aws_route53_zone" "this" {
  name = var.zone_name
}

locals {
  # Which region carries which role. The records keep their identity: a switch changes their target and nothing else.
  serving = var.dr_active ? var.regions[1] : var.regions[0]
  standby = var.dr_active ? var.regions[0] : var.regions[1]
  roles   = { PRIMARY = local.serving, SECONDARY = local.standby }
}

resource "aws_route53_health_check" "this" {
  for_each = { for region in var.regions : region.region => region }

  type              = "HTTPS"
  fqdn              = each.value.dns_name
  port              = 443
  resource_path     = var.health_path
  request_interval  = 10
  failure_threshold = 3
  measure_latency   = false
  # Health checkers do not verify the certificate, so asking each load balancer by its own name will do.
  enable_sni = true

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route53_record" "this" {
  for_each = local.roles

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = var.record_name
  type            = "A"
  set_identifier  = lower(each.key)
  health_check_id = aws_route53_health_check.this[each.value.region].id

  failover_routing_policy {
    type = each.key
  }

  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = true
  }
}

# Health checks report to us-east-1 only.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for region in var.regions : region.region => region }

  region              = "us-east-1"
  alarm_name          = "${var.name}-health-${each.key}"
  alarm_description   = "Route 53 sees no healthy answer from ${each.key}"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.this[each.key].id }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
