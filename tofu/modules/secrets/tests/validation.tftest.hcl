# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name        = "nura-test"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  generated   = { api-key = { description = "first key" } }
}

run "too_short" {
  command = plan

  variables {
    generated = { api-key = { description = "first key", length = 8 } }
  }

  expect_failures = [var.generated]
}

run "name_invalid" {
  command = plan

  variables {
    generated = { "API Key" = { description = "first key" } }
  }

  expect_failures = [var.generated]
}

run "both_generated_and_external" {
  command = plan

  variables {
    external = { api-key = "again" }
  }

  expect_failures = [var.external]
}

run "replica_key_in_wrong_region" {
  command = plan

  variables {
    replica = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111" }
  }

  expect_failures = [var.replica]
}
