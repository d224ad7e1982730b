locals {
  # A plan opens what it reads, though it writes nothing. Plans of pull requests must not be handed the password, so they go without:
  # what a write-only argument is given is no part of a plan. The role is bootstrap's.
  reads_password = !local.is_replica && !strcontains(data.aws_caller_identity.current.arn, ":assumed-role/nura-tofu-plan/")
}

# The password exists in two places, Secrets Manager and PostgreSQL, and in no state file, plan or log: it is
# drawn by AWS, written once, read back and handed over through write-only arguments.
ephemeral "aws_secretsmanager_random_password" "master" {
  count = local.is_replica ? 0 : 1

  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "master" {
  count = local.is_replica ? 0 : 1

  name                    = "${var.name}/postgres/master"
  description             = "Password of nura_admin on ${var.name}-postgres"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0

  dynamic "replica" {
    for_each = var.secret_replica == null ? [] : [var.secret_replica]

    content {
      region     = replica.value.region
      kms_key_id = replica.value.kms_key_arn
    }
  }
}

resource "aws_secretsmanager_secret_version" "master" {
  count = local.is_replica ? 0 : 1

  secret_id                = aws_secretsmanager_secret.master[0].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.master[0].random_password
  secret_string_wo_version = var.password_version
}

# Read back rather than drawn twice: the database gets what the secret holds, even when an apply stopped half-way.
ephemeral "aws_secretsmanager_secret_version" "master" {
  count = local.reads_password ? 1 : 0

  secret_id = aws_secretsmanager_secret_version.master[0].secret_id
}
