# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:nura-test-alarms"
  name            = "nura-test"
  zone_name       = "nura.example"
  record_name     = "origin.nura.example"
  regions         = [{ region = "us-east-1", dns_name = "one.elb.amazonaws.com", zone_id = "Z1" }, { region = "eu-west-1", dns_name = "two.elb.amazonaws.com", zone_id = "Z2" }]
}

run "one_region" {
  command = plan

  variables {
    regions = [{ region = "us-east-1", dns_name = "one.elb.amazonaws.com", zone_id = "Z1" }]
  }

  expect_failures = [var.regions]
}

run "same_region_twice" {
  command = plan

  variables {
    regions = [{ region = "us-east-1", dns_name = "one.elb.amazonaws.com", zone_id = "Z1" }, { region = "us-east-1", dns_name = "two.elb.amazonaws.com", zone_id = "Z2" }]
  }

  expect_failures = [var.regions]
}

run "record_outside_zone" {
  command = plan

  variables {
    record_name = "origin.other.example"
  }

  expect_failures = [var.record_name]
}

run "path_relative" {
  command = plan

  variables {
    health_path = "ready"
  }

  expect_failures = [var.health_path]
}

run "topic_in_another_region" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:alarms"
  }

  expect_failures = [var.alarm_topic_arn]
}
