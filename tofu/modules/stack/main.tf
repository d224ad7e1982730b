# One region of one environment. Roots differ in sizes only, so they differ only in what they pass here.
module "network" {
  source = "../network"

  name                = var.name
  vpc_cidr            = var.network.vpc_cidr
  zone_count          = var.network.zone_count
  nat_per_zone        = var.network.nat_per_zone
  interface_endpoints = var.network.interface_endpoints
  cache               = var.cache != null
  logs_kms_key_arn    = module.kms.logs_key_arn
  log_retention_days  = var.log_retention_days
}

module "kms" {
  source = "../kms"

  name           = var.name
  replica_region = var.replica_region
}

module "cluster" {
  source = "../eks"

  name                = var.name
  kubernetes_version  = var.cluster.kubernetes_version
  subnet_ids          = module.network.private_subnet_ids
  kms_key_arn         = module.kms.cluster_key_arn
  logs_kms_key_arn    = module.kms.logs_key_arn
  public_access_cidrs = var.cluster.public_access_cidrs
  node_group          = var.cluster.node_group
  admin_role_arns     = var.cluster.admin_role_arns
  viewer_role_arns    = var.cluster.viewer_role_arns
  deletion_protection = var.deletion_protection
  log_retention_days  = var.log_retention_days
}

module "karpenter" {
  source = "../eks-karpenter"

  cluster_name  = module.cluster.name
  node_role_arn = module.cluster.node_role_arn
}

module "database" {
  source = "../rds-postgres"

  name                      = var.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  kms_key_arn               = module.kms.data_key_arn
  instance_class            = var.database.instance_class
  storage_gib               = var.database.storage_gib
  multi_az                  = var.database.multi_az
  backup_retention_days     = var.database.backup_retention_days
  read_replica_count        = var.database.read_replica_count
  insights_mode             = var.database.insights_mode
  monitoring_interval       = var.database.monitoring_interval
  replicate_from_arn        = var.database.replicate_from_arn
  promoted                  = var.database.promoted
  secret_replica            = local.replica
  deletion_protection       = var.deletion_protection
}

module "cache" {
  source = "../elasticache"
  count  = var.cache == null ? 0 : 1

  name                      = var.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  kms_key_arn               = module.kms.data_key_arn
  logs_kms_key_arn          = module.kms.logs_key_arn
  node_type                 = var.cache.node_type
  node_count                = var.cache.node_count
  snapshot_days             = var.cache.snapshot_days
  log_retention_days        = var.log_retention_days
}

module "documents" {
  source = "../storage-replicated"
  count  = var.primary == null ? 1 : 0

  name        = var.name
  purpose     = "documents"
  kms_key_arn = module.kms.data_key_arn
  replica     = local.replica
}

# Dumps of the database, which the cluster's jobs write and try out. Encrypted before they arrive, and gone after as many
# days as the snapshots.
module "backups" {
  source = "../storage-replicated"
  count  = var.primary == null ? 1 : 0

  name             = var.name
  purpose          = "backups"
  kms_key_arn      = module.kms.data_key_arn
  replica          = local.replica
  expire_days      = var.backup_days
  old_version_days = 7
}

module "access_logs" {
  source = "../storage-replicated"

  name             = var.name
  purpose          = "access-logs"
  old_version_days = 7
  expire_days      = 90
  log_writers      = ["logdelivery.elasticloadbalancing.amazonaws.com"]
}

module "ingress" {
  source = "../ingress"

  name                   = var.name
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.public_subnet_ids
  node_security_group_id = module.cluster.security_group_id
  domain                 = var.domain
  zone_name              = var.zone_name
  public_cidrs           = var.public_cidrs
  behind_cloudfront      = var.behind_cloudfront
  log_bucket             = module.access_logs.bucket
  deletion_protection    = var.deletion_protection
}

# A standby region reads the primary's secrets, which Secrets Manager replicates to it.
module "secrets" {
  source = "../secrets"
  count  = var.primary == null ? 1 : 0

  name        = var.name
  kms_key_arn = module.kms.data_key_arn
  replica     = local.replica

  deletion_protection = var.deletion_protection

  external = merge(var.external_secrets, {
    backup-identity  = "Private key of age that opens the dumps; a copy belongs into a safe"
    backup-recipient = "Public key of age that the dumps are encrypted for"
  })
  generated = {
    api-key        = { description = "First API key of the public edge" }
    cache-password = { description = "Password of the cache in the cluster", length = 32 }
  }
}

module "backup" {
  source = "../backup"

  name                 = var.name
  kms_key_arn          = module.kms.data_key_arn
  daily_retention_days = var.backup_days
  copy = var.replica_region == null ? null : {
    region         = var.replica_region
    kms_key_arn    = module.kms.data_replica_key_arn
    retention_days = var.backup_days
  }
}

module "observability" {
  source = "../observability"

  name                     = var.name
  kms_key_arn              = module.kms.logs_key_arn
  alarm_emails             = var.alarm_emails
  database_identifier      = module.database.identifier
  database_max_connections = module.database.max_connections
  database_is_replica      = var.database.replicate_from_arn != null && !var.database.promoted
  cache_node_ids           = try(module.cache[0].node_ids, [])
  load_balancer_suffix     = module.ingress.load_balancer_suffix
}

locals {
  # Where objects and secrets are copied to, and the key there.
  replica = var.replica_region == null ? null : { region = var.replica_region, kms_key_arn = module.kms.data_replica_key_arn }
}
