module "bridge" {
  source = "../gitops-bridge"

  name        = var.name
  environment = var.environment
  facts = merge({
    account_id              = local.account
    cluster_name            = module.cluster.name
    vpc_id                  = module.network.vpc_id
    namespace               = var.namespace
    domain                  = var.domain
    target_group_arn        = module.ingress.target_group_arn
    database_host           = module.database.address
    database_secret         = "${local.origin}/postgres/master"
    secrets_prefix          = local.origin
    documents_bucket        = trimprefix(local.documents_bucket, "arn:${local.partition}:s3:::")
    backups_bucket          = trimprefix(local.backups_bucket, "arn:${local.partition}:s3:::")
    alarm_topic_arn         = module.observability.alarm_topic_arn
    karpenter_queue         = module.karpenter.queue_name
    karpenter_node_role     = module.cluster.node_role_name
    karpenter_discovery_tag = var.name
    gpu_instance_types      = join(",", var.gpu.instance_types)
    gpu_limit               = tostring(var.gpu.limit)
    }, var.cache == null ? {} : {
    cache_host = module.cache[0].address
    cache_user = module.cache[0].user_name
  })
}
