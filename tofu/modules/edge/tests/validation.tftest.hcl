# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name             = "nura-test"
  domain           = "api.nura.example"
  origin_domain    = "origin.nura.example"
  zone_name        = "nura.example"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
}

run "domain_with_scheme" {
  command = plan

  variables {
    domain = "https://nura.example"
  }

  expect_failures = [var.domain]
}

run "origin_is_itself" {
  command = plan

  variables {
    origin_domain = "api.nura.example"
  }

  expect_failures = [var.origin_domain]
}

run "rate_too_low" {
  command = plan

  variables {
    rate_limit = 10
  }

  expect_failures = [var.rate_limit]
}

run "key_in_wrong_region" {
  command = plan

  variables {
    logs_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/33333333-3333-3333-3333-333333333333"
  }

  expect_failures = [var.logs_kms_key_arn]
}
