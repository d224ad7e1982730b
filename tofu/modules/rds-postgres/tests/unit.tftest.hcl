# What the module makes, read from the state after an apply against the offline provider.
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

run "primary" {
  command = apply

  assert {
    condition     = aws_db_instance.this.storage_encrypted && !aws_db_instance.this.publicly_accessible
    error_message = "Encrypted and private."
  }

  assert {
    condition     = aws_db_instance.this.password_wo_version == 1 && aws_db_instance.this.password == null
    error_message = "The password is write-only."
  }

  assert {
    condition     = aws_db_instance.this.tags.Backup == "nura"
    error_message = "It is backed up."
  }

  assert {
    condition     = aws_secretsmanager_secret.master[0].recovery_window_in_days == 30
    error_message = "Its secret can be brought back."
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres17"
    error_message = "The parameter group fits the engine."
  }

  assert {
    condition     = output.max_connections == 100 && contains([for p in aws_db_parameter_group.this.parameter : p.value if p.name == "max_connections"], "100")
    error_message = "1 GiB of memory, 100 connections."
  }
}

run "large_class" {
  command = plan

  variables {
    instance_class = "db.r7g.large"
  }

  assert {
    condition     = output.max_connections == 1600
    error_message = "16 GiB of memory, 1600 connections."
  }
}

run "very_large_class" {
  command = plan

  variables {
    instance_class = "db.m7g.16xlarge"
  }

  assert {
    condition     = output.max_connections == 5000
    error_message = "Never more than 5000."
  }
}

run "connections_only_from_named_groups" {
  command = apply

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 1 && aws_vpc_security_group_ingress_rule.clients["cluster"].from_port == 5432
    error_message = "One rule, one port."
  }
}

run "read_replicas_follow" {
  command = apply

  variables {
    read_replica_count = 2
  }

  assert {
    condition     = alltrue([for r in aws_db_instance.replica : r.replicate_source_db == "nura-test-postgres"])
    error_message = "Replicas follow the primary."
  }

  assert {
    condition     = length(output.replica_addresses) == 2
    error_message = "Their addresses are outputs."
  }
}

run "development_can_be_deleted" {
  command = apply

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.deletion_protection
    error_message = "No snapshot is asked for."
  }

  assert {
    condition     = aws_secretsmanager_secret.master[0].recovery_window_in_days == 0
    error_message = "The secret's name is free again."
  }
}

run "monitoring_off_needs_no_role" {
  command = apply

  variables {
    monitoring_interval = 0
  }

  assert {
    condition     = length(aws_iam_role.monitoring) == 0 && length(aws_iam_role_policy_attachment.monitoring) == 0
    error_message = "No role without monitoring."
  }
}

run "advanced_insights_keep_15_months" {
  command = apply

  variables {
    insights_mode = "advanced"
  }

  assert {
    condition     = aws_db_instance.this.performance_insights_retention_period == 465
    error_message = "Advanced insights demand 465 days."
  }
}

run "pull_request_plans_without_the_password" {
  command = plan

  override_data {
    target = data.aws_caller_identity.current
    values = { arn = "arn:aws:sts::123456789012:assumed-role/nura-tofu-plan/pull-request" }
  }

  assert {
    condition     = !local.reads_password
    error_message = "A pull request's plan reads no secret."
  }
}

run "pull_request_cannot_apply" {
  command = apply

  override_data {
    target = data.aws_caller_identity.current
    values = { arn = "arn:aws:sts::123456789012:assumed-role/nura-tofu-plan/pull-request" }
  }

  expect_failures = [aws_db_instance.this]
}
