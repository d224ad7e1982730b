# What the module makes, read from the state after an apply against the offline provider.
variables {
  name        = "nura-test"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  generated   = { api-key = { description = "first key" } }
}

run "drawn_and_written_once" {
  command = apply

  variables {
    external = { github-token = "Token of the Git host" }
  }

  assert {
    condition     = length(aws_secretsmanager_secret.this) == 2 && length(aws_secretsmanager_secret_version.generated) == 1
    error_message = "External secrets start empty."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.generated["api-key"].secret_string == null
    error_message = "The value is not in the state."
  }

  assert {
    condition     = alltrue([for s in aws_secretsmanager_secret.this : s.recovery_window_in_days == 30])
    error_message = "Deleted by mistake, they can be brought back."
  }
}

run "gone_at_once" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = alltrue([for s in aws_secretsmanager_secret.this : s.recovery_window_in_days == 0])
    error_message = "Their names are free again."
  }
}

run "replicated" {
  command = apply

  variables {
    replica = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/33333333-3333-3333-3333-333333333333" }
  }

  assert {
    condition     = one(aws_secretsmanager_secret.this["api-key"].replica).region == "eu-west-1"
    error_message = "A copy goes to eu-west-1."
  }
}
