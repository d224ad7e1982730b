# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name             = "nura-test"
  vpc_cidr         = "10.99.0.0/16"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
}

run "cidr_is_no_cidr" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0"
  }

  expect_failures = [var.vpc_cidr]
}

run "cidr_too_small" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/20"
  }

  expect_failures = [var.vpc_cidr]
}

run "cidr_public" {
  command = plan

  variables {
    vpc_cidr = "8.8.0.0/16"
  }

  expect_failures = [var.vpc_cidr]
}

run "one_zone" {
  command = plan

  variables {
    zone_count = 1
  }

  expect_failures = [var.zone_count]
}

run "endpoint_with_prefix" {
  command = plan

  variables {
    interface_endpoints = ["com.amazonaws.us-east-1.sts"]
  }

  expect_failures = [var.interface_endpoints]
}

run "retention_unknown" {
  command = plan

  variables {
    log_retention_days = 45
  }

  expect_failures = [var.log_retention_days]
}

run "key_is_alias" {
  command = plan

  variables {
    logs_kms_key_arn = "alias/nura"
  }

  expect_failures = [var.logs_kms_key_arn]
}
