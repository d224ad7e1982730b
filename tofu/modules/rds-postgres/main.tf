locals {
  is_replica = var.replicate_from_arn != null
  follows    = local.is_replica && !var.promoted

  # Memory of the class: large has 16 GiB in the r classes and 8 in the others; other sizes are parts and multiples of it.
  size       = split(".", var.instance_class)[2]
  memory_gib = (startswith(var.instance_class, "db.r") ? 16 : 8) * lookup({ micro = 1 / 8, small = 1 / 4, medium = 1 / 2, large = 1 }, local.size, 2 * try(tonumber(trimsuffix(local.size, "xlarge")), 1))

  # About what RDS takes by itself, LEAST(DBInstanceClassMemory / 9531392, 5000), whose result only it knows: alarms need the number.
  max_connections = min(5000, floor(100 * local.memory_gib))
}

resource "aws_db_subnet_group" "this" {
  name       = "${var.name}-postgres"
  subnet_ids = var.subnet_ids
}

# pgvector itself is created by the services' migrations (CREATE EXTENSION vector): RDS trusts it for the owner.
resource "aws_db_parameter_group" "this" {
  name        = "${var.name}-postgres${var.engine_version}"
  family      = "postgres${var.engine_version}"
  description = "TLS only; memory for HNSW builds; slow statements in the log"

  dynamic "parameter" {
    for_each = {
      "rds.force_ssl"                       = { value = "1", when = "immediate" }
      "shared_preload_libraries"            = { value = "pg_stat_statements", when = "pending-reboot" }
      "max_connections"                     = { value = tostring(local.max_connections), when = "pending-reboot" }
      "maintenance_work_mem"                = { value = "262144", when = "immediate" }
      "max_parallel_maintenance_workers"    = { value = "2", when = "immediate" }
      "log_min_duration_statement"          = { value = "1000", when = "immediate" }
      "log_connections"                     = { value = "1", when = "immediate" }
      "log_disconnections"                  = { value = "1", when = "immediate" }
      "idle_in_transaction_session_timeout" = { value = "60000", when = "immediate" }
    }

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.when
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier          = "${var.name}-postgres"
  replicate_source_db = local.follows ? var.replicate_from_arn : null

  engine                      = local.is_replica ? null : "postgres"
  engine_version              = local.is_replica ? null : var.engine_version
  db_name                     = local.is_replica ? null : "nura"
  username                    = local.is_replica ? null : "nura_admin"
  password_wo                 = one(ephemeral.aws_secretsmanager_secret_version.master[*].secret_string)
  password_wo_version         = local.is_replica ? null : var.password_version
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false

  instance_class        = var.instance_class
  storage_type          = "gp3"
  allocated_storage     = local.is_replica ? null : var.storage_gib.initial
  max_allocated_storage = var.storage_gib.maximum
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn
  multi_az              = var.multi_az

  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [aws_security_group.this.id]
  parameter_group_name                = aws_db_parameter_group.this.name
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  publicly_accessible                 = false
  iam_database_authentication_enabled = true

  backup_retention_period   = var.backup_retention_days
  backup_window             = "03:00-04:00"
  maintenance_window        = "sun:04:30-sun:05:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !var.deletion_protection
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.deletion_protection
  final_snapshot_identifier = var.deletion_protection ? "${var.name}-postgres-final" : null

  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  database_insights_mode          = var.insights_mode
  performance_insights_enabled    = true
  performance_insights_kms_key_id = var.kms_key_arn
  # Advanced insights demand 465 days, standard gives 7 without charge.
  performance_insights_retention_period = var.insights_mode == "advanced" ? 465 : 7
  monitoring_interval                   = var.monitoring_interval
  monitoring_role_arn                   = var.monitoring_interval > 0 ? aws_iam_role.monitoring[0].arn : null

  # A promoted replica holds what nobody else holds any more.
  tags = { Backup = local.follows ? "none" : "nura" }

  lifecycle {
    precondition {
      condition     = local.is_replica || local.reads_password || !terraform.applying
      error_message = "nura-tofu-plan may not read the password, so what it plans cannot be applied: plan again with the role that applies."
    }
  }
}

resource "aws_db_instance" "replica" {
  count = var.read_replica_count

  identifier          = "${var.name}-postgres-replica-${count.index + 1}"
  replicate_source_db = aws_db_instance.this.identifier

  instance_class             = var.instance_class
  storage_type               = "gp3"
  max_allocated_storage      = var.storage_gib.maximum
  storage_encrypted          = true
  kms_key_id                 = var.kms_key_arn
  auto_minor_version_upgrade = true

  vpc_security_group_ids              = [aws_security_group.this.id]
  parameter_group_name                = aws_db_parameter_group.this.name
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  publicly_accessible                 = false
  iam_database_authentication_enabled = true

  backup_retention_period = 7
  maintenance_window      = "sun:06:00-sun:07:00"
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection
  skip_final_snapshot     = true

  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  database_insights_mode                = var.insights_mode
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = var.insights_mode == "advanced" ? 465 : 7
  monitoring_interval                   = var.monitoring_interval
  monitoring_role_arn                   = var.monitoring_interval > 0 ? aws_iam_role.monitoring[0].arn : null

  # The primary is what gets backed up.
  tags = { Backup = "none" }
}
