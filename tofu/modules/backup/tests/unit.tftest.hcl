# What the module makes, read from the state after an apply against the offline provider.
variables {
  name                 = "nura-test"
  kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  daily_retention_days = 7
}

run "in_one_region" {
  command = apply

  assert {
    condition     = length(aws_backup_vault.this) == 1 && length(one(aws_backup_plan.this.rule).copy_action) == 0
    error_message = "No copy by default."
  }
}

run "copied_and_locked" {
  command = apply

  variables {
    copy = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/33333333-3333-3333-3333-333333333333", retention_days = 35 }
  }

  assert {
    condition     = one(one(aws_backup_plan.this.rule).copy_action).destination_vault_arn == output.copy_vault_arn
    error_message = "Copies go to the other vault."
  }

  assert {
    condition     = length(aws_backup_vault_lock_configuration.this) == 2
    error_message = "Both vaults are locked."
  }
}
