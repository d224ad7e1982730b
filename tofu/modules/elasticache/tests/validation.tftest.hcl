# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                      = "nura-test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  client_security_group_ids = { cluster = "sg-1" }
  node_type                 = "cache.t4g.micro"
  node_count                = 2
}

run "redis_version" {
  command = plan

  variables {
    engine_version = "7.1"
  }

  expect_failures = [var.engine_version]
}

run "node_type_intel" {
  command = plan

  variables {
    node_type = "cache.t3.micro"
  }

  expect_failures = [var.node_type]
}

run "no_nodes" {
  command = plan

  variables {
    node_count = 0
  }

  expect_failures = [var.node_count]
}

run "snapshots_too_long" {
  command = plan

  variables {
    snapshot_days = 90
  }

  expect_failures = [var.snapshot_days]
}

run "no_clients" {
  command = plan

  variables {
    client_security_group_ids = {}
  }

  expect_failures = [var.client_security_group_ids]
}
