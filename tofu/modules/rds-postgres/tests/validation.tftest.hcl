# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                      = "nura-test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  client_security_group_ids = { cluster = "sg-1" }
  instance_class            = "db.t4g.micro"
  storage_gib               = { initial = 20, maximum = 50 }
  multi_az                  = true
  backup_retention_days     = 7
}

run "engine_out_of_support" {
  command = plan

  variables {
    engine_version = "15.4"
  }

  expect_failures = [var.engine_version]
}

run "class_intel" {
  command = plan

  variables {
    instance_class = "db.t3.micro"
  }

  expect_failures = [var.instance_class]
}

run "storage_cannot_grow" {
  command = plan

  variables {
    storage_gib = { initial = 100, maximum = 110 }
  }

  expect_failures = [var.storage_gib]
}

run "storage_too_small" {
  command = plan

  variables {
    storage_gib = { initial = 5, maximum = 50 }
  }

  expect_failures = [var.storage_gib]
}

run "backup_too_short" {
  command = plan

  variables {
    backup_retention_days = 1
  }

  expect_failures = [var.backup_retention_days]
}

run "backup_too_long" {
  command = plan

  variables {
    backup_retention_days = 60
  }

  expect_failures = [var.backup_retention_days]
}

run "replica_by_identifier" {
  command = plan

  variables {
    replicate_from_arn = "nura-prod-postgres"
  }

  expect_failures = [var.replicate_from_arn]
}

run "promote_a_primary" {
  command = plan

  variables {
    promoted = true
  }

  expect_failures = [var.promoted]
}

run "no_clients" {
  command = plan

  variables {
    client_security_group_ids = {}
  }

  expect_failures = [var.client_security_group_ids]
}

run "insights_unknown" {
  command = plan

  variables {
    insights_mode = "full"
  }

  expect_failures = [var.insights_mode]
}

run "interval_unknown" {
  command = plan

  variables {
    monitoring_interval = 45
  }

  expect_failures = [var.monitoring_interval]
}

run "too_many_replicas" {
  command = plan

  variables {
    read_replica_count = 9
  }

  expect_failures = [var.read_replica_count]
}

run "password_version_zero" {
  command = plan

  variables {
    password_version = 0
  }

  expect_failures = [var.password_version]
}

run "vpc_by_name" {
  command = plan

  variables {
    vpc_id = "main"
  }

  expect_failures = [var.vpc_id]
}
