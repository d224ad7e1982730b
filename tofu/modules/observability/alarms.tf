locals {
  database = { DBInstanceIdentifier = var.database_identifier }
  balancer = { LoadBalancer = var.load_balancer_suffix }
  gib      = 1024 * 1024 * 1024

  # Prometheus watches what runs in the cluster; these watch what must still be watched when the cluster is gone.
  alarms = merge(
    {
      database-cpu         = { namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database, statistic = "Average", operator = "GreaterThanThreshold", threshold = 85, minutes = 15, missing = "breaching", what = "Database CPU above 85 % for 15 minutes" }
      database-storage     = { namespace = "AWS/RDS", metric = "FreeStorageSpace", dimensions = local.database, statistic = "Minimum", operator = "LessThanThreshold", threshold = 5 * local.gib, minutes = 15, missing = "breaching", what = "Database has less than 5 GiB of storage left" }
      database-memory      = { namespace = "AWS/RDS", metric = "FreeableMemory", dimensions = local.database, statistic = "Minimum", operator = "LessThanThreshold", threshold = 0.1 * local.gib, minutes = 15, missing = "breaching", what = "Database has less than 100 MiB of memory left" }
      database-connections = { namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database, statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 80, minutes = 15, missing = "notBreaching", what = "Database holds more than 80 connections" }
      balancer-errors      = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.balancer, statistic = "Sum", operator = "GreaterThanThreshold", threshold = 20, minutes = 5, missing = "notBreaching", what = "More than 20 server errors in 5 minutes" }
      balancer-targets     = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer, statistic = "Sum", operator = "GreaterThanThreshold", threshold = 10, minutes = 5, missing = "notBreaching", what = "The load balancer itself answers with errors: no healthy target" }
    },
    var.database_is_replica ? {
      replica-lag = { namespace = "AWS/RDS", metric = "ReplicaLag", dimensions = local.database, statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 300, minutes = 5, missing = "breaching", what = "The replica is more than 5 minutes behind: the recovery point objective is broken" }
    } : {},
    {
      for id in var.cache_node_ids : "cache-memory-${id}" => { namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimensions = { CacheClusterId = id }, statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 90, minutes = 15, missing = "notBreaching", what = "The cache is nearly full" }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.what
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = each.value.minutes / 5
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
