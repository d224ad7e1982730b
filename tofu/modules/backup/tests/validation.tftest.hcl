# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                 = "nura-test"
  kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  daily_retention_days = 7
}

run "kept_too_short" {
  command = plan

  variables {
    daily_retention_days = 1
  }

  expect_failures = [var.daily_retention_days]
}

run "copy_kept_too_short" {
  command = plan

  variables {
    copy = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/33333333-3333-3333-3333-333333333333", retention_days = 1 }
  }

  expect_failures = [var.copy]
}
