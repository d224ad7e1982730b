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
      database-connections = { namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database, statistic = "Maximum", operator = "GreaterThanThreshold", threshold = floor(0.8 * var.database_max_connections), minutes = 15, missing = "notBreaching", what = "Database holds more than 80 % of the connections it permits" }
      balancer-errors      = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.balancer, statistic = "Sum", operator = "GreaterThanThreshold", threshold = 20, minutes = 5, missing = "notBreaching", what = "More than 20 server errors in 5 minutes" }
      balancer-targets     = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer, statistic = "Sum", operator = "GreaterThanThreshold", threshold = 10, minutes = 5, missing = "notBreaching", what = "The load balancer itself answers with errors: no healthy target" }
    },
    var.database_is_replica ? {
      replica-lag = { namespace = "AWS/RDS", metric = "ReplicaLag", dimensions = local.database, statistic = "Maximum", operator = "GreaterThanThreshold", threshold = 300, minutes = 5, missing = "breaching", what = "The replica is more than 5 minutes behind: the recovery point objective is broken" }
    } : {},
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

# A cache is meant to be full: then it drops what was used least. What must not fill up is the node. Data may take 75 % of its memory (module
# elasticache); times the share of that in use, times how much more the process holds than its data, that is the share the process holds.
resource "aws_cloudwatch_metric_alarm" "cache_memory" {
  for_each = toset(var.cache_node_ids)

  alarm_name          = "${var.name}-cache-node-memory-${each.key}"
  alarm_description   = "The cache holds more than 90 % of its node's memory"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "held"
    expression  = "0.75 * used * fragmentation"
    label       = "Memory of the node that the cache holds, percent"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { used = "DatabaseMemoryUsagePercentage", fragmentation = "MemoryFragmentationRatio" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ElastiCache"
        metric_name = metric_query.value
        dimensions  = { CacheClusterId = each.key }
        stat        = "Average"
        period      = 300
      }
    }
  }
}
