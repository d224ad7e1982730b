# What the module makes, read from the state after an apply against the offline provider.
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

run "fails_over" {
  command = apply

  assert {
    condition     = contains([for p in aws_elasticache_parameter_group.this.parameter : p.value if p.name == "reserved-memory-percent"], "25")
    error_message = "Data takes 75 % of a node, as the alarm on its memory reckons."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "Two nodes fail over."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_mode == "required"
    error_message = "TLS only."
  }
}

run "one_node_cannot" {
  command = apply

  variables {
    node_count = 1
  }

  assert {
    condition     = !aws_elasticache_replication_group.this.automatic_failover_enabled && !aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "AWS refuses failover with one node."
  }
}

run "no_password" {
  command = apply

  assert {
    condition     = aws_elasticache_user.services.authentication_mode[0].type == "iam" && aws_elasticache_replication_group.this.auth_token == null
    error_message = "Services sign in with IAM."
  }
}
