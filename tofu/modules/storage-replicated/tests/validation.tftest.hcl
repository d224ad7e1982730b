# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name        = "nura-test"
  purpose     = "documents"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "purpose_too_long" {
  command = plan

  variables {
    purpose = "dddddddddddddddddddd"
  }

  expect_failures = [var.purpose]
}

run "replica_key_in_wrong_region" {
  command = plan

  variables {
    replica = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111" }
  }

  expect_failures = [var.replica]
}

run "replica_region_unknown" {
  command = plan

  variables {
    replica = { region = "Ireland", kms_key_arn = "arn:aws:kms:Ireland:123456789012:key/1" }
  }

  expect_failures = [var.replica]
}

run "versions_too_short" {
  command = plan

  variables {
    old_version_days = 1
  }

  expect_failures = [var.old_version_days]
}

run "expiry_negative" {
  command = plan

  variables {
    expire_days = -1
  }

  expect_failures = [var.expire_days]
}

run "writer_is_a_person" {
  command = plan

  variables {
    log_writers = ["somebody"]
  }

  expect_failures = [var.log_writers]
}
