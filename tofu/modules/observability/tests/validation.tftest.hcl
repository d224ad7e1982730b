# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                 = "nura-test"
  kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  alarm_emails         = ["ops@example.com"]
  database_identifier  = "nura-test-postgres"
  load_balancer_suffix = "app/nura-test-api/1"

  database_max_connections = 400
}

run "nobody_listens" {
  command = plan

  variables {
    alarm_emails = []
  }

  expect_failures = [var.alarm_emails]
}

run "not_an_address" {
  command = plan

  variables {
    alarm_emails = ["ops"]
  }

  expect_failures = [var.alarm_emails]
}

run "no_connections" {
  command = plan

  variables {
    database_max_connections = 0
  }

  expect_failures = [var.database_max_connections]
}
