resource "aws_budgets_budget" "this" {
  for_each = var.monthly_usd

  name         = "nura-${each.key}"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(each.value)
  limit_unit   = "USD"

  cost_filter {
    name = "TagKeyValue"
    # The form is user:<tag>$<value>; in a template the dollar would escape what follows.
    values = [join("$", ["user:Environment", each.key])]
  }

  dynamic "notification" {
    for_each = {
      "80 of actual"      = { type = "ACTUAL", threshold = 80 }
      "100 of actual"     = { type = "ACTUAL", threshold = 100 }
      "110 of forecasted" = { type = "FORECASTED", threshold = 110 }
    }

    content {
      notification_type          = notification.value.type
      threshold                  = notification.value.threshold
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = var.emails
    }
  }
}

resource "aws_ce_anomaly_monitor" "this" {
  name              = "nura-services"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  name             = "nura-services"
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.this.arn]

  dynamic "subscriber" {
    for_each = var.emails

    content {
      type    = "EMAIL"
      address = subscriber.value
    }
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(var.anomaly_usd)]
    }
  }
}
