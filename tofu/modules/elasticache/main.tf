resource "aws_elasticache_subnet_group" "this" {
  name       = "${var.name}-cache"
  subnet_ids = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-valkey${replace(var.engine_version, ".", "-")}"
  family      = "valkey${split(".", var.engine_version)[0]}"
  description = "A cache: the least recently used key goes first, with or without a lifetime"

  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }

  # AWS's own value, said because the alarm on the node's memory (module observability) reckons with it.
  parameter {
    name  = "reserved-memory-percent"
    value = "25"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Services sign in with their IAM role: there is no password to keep, rotate or leak.
resource "aws_elasticache_user" "services" {
  user_id       = "${var.name}-services"
  user_name     = "${var.name}-services"
  engine        = "valkey"
  access_string = "on ~* &* +@all -@dangerous -@admin +info +client|setname"

  authentication_mode {
    type = "iam"
  }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = "${var.name}-cache"
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.services.user_id]
}

resource "aws_cloudwatch_log_group" "slow" {
  name              = "/aws/elasticache/${var.name}/slow"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.logs_kms_key_arn
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = "${var.name}-cache"
  description          = "Cache of ${var.name}"
  engine               = "valkey"
  engine_version       = var.engine_version
  node_type            = var.node_type
  num_cache_clusters   = var.node_count
  port                 = 6379
  parameter_group_name = aws_elasticache_parameter_group.this.name

  automatic_failover_enabled = var.node_count > 1
  multi_az_enabled           = var.node_count > 1

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]

  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]

  auto_minor_version_upgrade = true
  maintenance_window         = "sun:05:30-sun:06:30"
  snapshot_retention_limit   = var.snapshot_days
  snapshot_window            = "02:00-03:00"

  log_delivery_configuration {
    log_type         = "slow-log"
    log_format       = "json"
    destination_type = "cloudwatch-logs"
    destination      = aws_cloudwatch_log_group.slow.name
  }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-cache"
  description = "Valkey from the named groups only; nothing goes out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-cache" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = var.client_security_group_ids

  security_group_id            = aws_security_group.this.id
  description                  = "Valkey from ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  referenced_security_group_id = each.value
}
