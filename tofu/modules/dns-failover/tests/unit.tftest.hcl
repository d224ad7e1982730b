# What the module makes, read from the state after an apply against the offline provider.
variables {
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:nura-test-alarms"
  name            = "nura-test"
  zone_name       = "nura.example"
  record_name     = "origin.nura.example"
  regions         = [{ region = "us-east-1", dns_name = "one.elb.amazonaws.com", zone_id = "Z1" }, { region = "eu-west-1", dns_name = "two.elb.amazonaws.com", zone_id = "Z2" }]
}

run "first_region_serves" {
  command = apply

  assert {
    condition     = aws_route53_record.this["PRIMARY"].alias[0].name == "one.elb.amazonaws.com" && aws_route53_record.this["SECONDARY"].alias[0].name == "two.elb.amazonaws.com"
    error_message = "The first region serves."
  }

  assert {
    condition     = output.serving_region == "us-east-1"
    error_message = "And is named."
  }
}

run "switch_swaps_targets_only" {
  command = apply

  variables {
    dr_active = true
  }

  assert {
    condition     = aws_route53_record.this["PRIMARY"].alias[0].name == "two.elb.amazonaws.com"
    error_message = "The second region serves."
  }

  assert {
    condition     = aws_route53_record.this["PRIMARY"].set_identifier == "primary"
    error_message = "The record keeps its identity."
  }

  assert {
    condition     = aws_route53_record.this["PRIMARY"].health_check_id == aws_route53_health_check.this["eu-west-1"].id
    error_message = "With its own health check."
  }
}
