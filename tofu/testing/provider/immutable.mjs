// Attributes that AWS cannot change in place: the provider replaces the object. The schema does not say so;
// this table holds those whose replacement would hurt (data, names that others depend on).
export const immutable = {
  aws_cloudwatch_log_group: ['name'],
  aws_db_instance: ['identifier', 'db_name', 'username', 'engine', 'kms_key_id', 'storage_encrypted', 'region'],
  aws_db_parameter_group: ['name', 'family', 'region'],
  aws_db_subnet_group: ['name', 'region'],
  aws_ecr_repository: ['name', 'encryption_configuration', 'region'],
  aws_eks_cluster: ['name', 'role_arn', 'encryption_config', 'kubernetes_network_config', 'region'],
  aws_eks_node_group: ['cluster_name', 'node_group_name', 'ami_type', 'capacity_type', 'subnet_ids', 'node_role_arn'],
  aws_elasticache_replication_group: ['replication_group_id', 'at_rest_encryption_enabled', 'kms_key_id', 'subnet_group_name', 'port', 'region'],
  aws_iam_role: ['name', 'path'],
  aws_kms_key: ['multi_region', 'customer_master_key_spec', 'region'],
  aws_lb: ['name', 'internal', 'load_balancer_type', 'region'],
  aws_lb_target_group: ['name', 'port', 'protocol', 'target_type', 'vpc_id', 'region'],
  aws_s3_bucket: ['bucket', 'region'],
  aws_secretsmanager_secret: ['name', 'region'],
  aws_security_group: ['name', 'description', 'vpc_id', 'region'],
  aws_sqs_queue: ['name', 'fifo_queue', 'region'],
  aws_subnet: ['cidr_block', 'availability_zone', 'vpc_id'],
  aws_vpc: ['cidr_block', 'region'],
};
