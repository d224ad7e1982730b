# The life of a cross-region replica: it follows, then it is promoted. Read from the state after an apply against the offline provider.
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

run "cross_region_replica" {
  command = apply

  variables {
    replicate_from_arn = "arn:aws:rds:eu-west-1:123456789012:db:nura-prod-postgres"
  }

  assert {
    condition     = aws_db_instance.this.replicate_source_db == "arn:aws:rds:eu-west-1:123456789012:db:nura-prod-postgres"
    error_message = "It follows by ARN."
  }

  assert {
    condition     = aws_db_instance.this.username == null && aws_db_instance.this.db_name == null && output.master_secret_arn == null
    error_message = "A replica has the names and the password of its source."
  }

  assert {
    condition     = aws_db_instance.this.tags.Backup == "none"
    error_message = "Its source is what gets backed up."
  }
}

run "promoted_in_place" {
  command = apply

  variables {
    replicate_from_arn = "arn:aws:rds:eu-west-1:123456789012:db:nura-prod-postgres"
    promoted           = true
  }

  assert {
    condition     = aws_db_instance.this.replicate_source_db == null
    error_message = "It follows nobody."
  }

  assert {
    condition     = aws_db_instance.this.tags.Backup == "nura"
    error_message = "From now on it is backed up."
  }
}
