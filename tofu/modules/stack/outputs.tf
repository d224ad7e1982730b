output "network" {
  description = "The VPC: id, private and data subnets."
  value = {
    vpc_id             = module.network.vpc_id
    private_subnet_ids = module.network.private_subnet_ids
    data_subnet_ids    = module.network.data_subnet_ids
  }
}

output "cluster" {
  description = "The cluster: name, endpoint, certificate authority, roles and security group."
  value = {
    name                       = module.cluster.name
    endpoint                   = module.cluster.endpoint
    certificate_authority_data = module.cluster.certificate_authority_data
    security_group_id          = module.cluster.security_group_id
    cluster_role_name          = module.cluster.cluster_role_name
    node_role_arn              = module.cluster.node_role_arn
  }
}

output "database" {
  description = "PostgreSQL: address, ARN, secret of the master user."
  value = {
    address           = module.database.address
    replica_addresses = module.database.replica_addresses
    arn               = module.database.arn
    master_secret_arn = module.database.master_secret_arn
  }
}

output "cache_address" {
  description = "The managed Valkey, or null."
  value       = one(module.cache[*].address)
}

output "documents" {
  description = "Bucket of documents and its replica."
  value = {
    arn         = local.documents_bucket
    replica_arn = try(module.documents[0].replica_arn, null)
  }
}

output "keys" {
  description = "KMS keys: stores, their replica in the other region, logs."
  value = {
    data         = module.kms.data_key_arn
    data_replica = module.kms.data_replica_key_arn
    logs         = module.kms.logs_key_arn
  }
}

output "load_balancer" {
  description = "The load balancer: name, host name and its zone."
  value = {
    name     = module.ingress.load_balancer_name
    dns_name = module.ingress.dns_name
    zone_id  = module.ingress.zone_id
  }
}

output "role_arns" {
  description = "Role of each workload by service account."
  value       = { for name, identity in module.identity : name => identity.role_arn }
}

output "alarm_topic_arn" {
  description = "Topic of all alarms."
  value       = module.observability.alarm_topic_arn
}

output "gitops_parameter" {
  description = "Parameter with the facts for Argo CD."
  value       = module.bridge.parameter_name
}
