# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                   = "nura-test"
  vpc_id                 = "vpc-1"
  subnet_ids             = ["subnet-1", "subnet-2"]
  node_security_group_id = "sg-1"
  domain                 = "api.test.nura.example"
  zone_name              = "nura.example"
  log_bucket             = "logs"
}

run "domain_with_scheme" {
  command = plan

  variables {
    domain = "https://api.nura.example"
  }

  expect_failures = [var.domain]
}

run "domain_outside_zone" {
  command = plan

  variables {
    domain = "api.other.example"
  }

  expect_failures = [var.domain]
}

run "open_to_the_world" {
  command = plan

  variables {
    public_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_cidrs]
}

run "range_invalid" {
  command = plan

  variables {
    public_cidrs = ["office"]
  }

  expect_failures = [var.public_cidrs]
}
