# What the module makes, read from the state after an apply against the offline provider.
variables {
  name                 = "nura-test"
  kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  alarm_emails         = ["ops@example.com"]
  database_identifier  = "nura-test-postgres"
  load_balancer_suffix = "app/nura-test-api/1"

  database_max_connections = 400
}

run "watches_database_and_balancer" {
  command = apply

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 6
    error_message = "Six alarms without replica and cache."
  }

  assert {
    condition     = alltrue([for a in aws_cloudwatch_metric_alarm.this : length(a.alarm_actions) == 1])
    error_message = "Every alarm reaches the topic."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["database-connections"].threshold == 320
    error_message = "80 % of what the instance permits."
  }
}

run "watches_replica_and_cache" {
  command = apply

  variables {
    database_is_replica = true
    cache_node_ids      = ["nura-test-cache-001", "nura-test-cache-002"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["replica-lag"].threshold == 300
    error_message = "The recovery point objective is 5 minutes."
  }

  assert {
    condition     = toset(flatten([for q in aws_cloudwatch_metric_alarm.cache_memory["nura-test-cache-002"].metric_query : [for m in q.metric : values(m.dimensions)]])) == toset(["nura-test-cache-002"])
    error_message = "Every node of the cache is watched, by itself."
  }

  assert {
    condition     = one([for q in aws_cloudwatch_metric_alarm.cache_memory["nura-test-cache-001"].metric_query : q.expression if q.return_data == true]) == "0.75 * used * fragmentation"
    error_message = "A full cache is no alarm, a full node is."
  }
}
