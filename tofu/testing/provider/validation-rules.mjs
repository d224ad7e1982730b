// Allowed values, forms and combinations, from the provider's documentation and the AWS API reference.
// `a.b` is attribute b of block a.

const logRetention = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const arn = [/^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:.+$|^arn:aws[\w-]*:iam::aws:.+$|^arn:aws[\w-]*:s3:::.+$/, 'an ARN'];
const cidr = [/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'an IPv4 CIDR block'];

export const rules = {
  aws_cloudwatch_log_group: { oneOf: { retention_in_days: logRetention, log_group_class: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] } },
  aws_cloudfront_distribution: {
    oneOf: {
      price_class: ['PriceClass_100', 'PriceClass_200', 'PriceClass_All'],
      'viewer_certificate.minimum_protocol_version': ['TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025', 'TLSv1.2_2019', 'TLSv1.1_2016', 'TLSv1_2016', 'TLSv1'],
      'default_cache_behavior.viewer_protocol_policy': ['allow-all', 'https-only', 'redirect-to-https'],
    },
  },
  aws_db_instance: {
    oneOf: {
      engine: ['postgres', 'mysql', 'mariadb'],
      storage_type: ['standard', 'gp2', 'gp3', 'io1', 'io2'],
      monitoring_interval: [0, 1, 5, 10, 15, 30, 60],
      database_insights_mode: ['standard', 'advanced'],
      enabled_cloudwatch_logs_exports: ['postgresql', 'upgrade', 'iam-db-auth-error'],
    },
    matches: { kms_key_id: arn, monitoring_role_arn: arn, instance_class: [/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'an RDS instance class'] },
    between: { backup_retention_period: [0, 35] },
    conflicts: [['password', 'password_wo', 'manage_master_user_password'], ['replicate_source_db', 'username'], ['replicate_source_db', 'db_name']],
  },
  aws_ecr_repository: { oneOf: { image_tag_mutability: ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'], 'encryption_configuration.encryption_type': ['AES256', 'KMS'] } },
  aws_eks_cluster: {
    oneOf: {
      'access_config.authentication_mode': ['API', 'API_AND_CONFIG_MAP', 'CONFIG_MAP'],
      'upgrade_policy.support_type': ['STANDARD', 'EXTENDED'],
      enabled_cluster_log_types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    },
    matches: { role_arn: arn, version: [/^1\.\d\d$/, 'a Kubernetes minor version'] },
  },
  aws_eks_node_group: {
    oneOf: {
      capacity_type: ['ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK'],
      ami_type: ['AL2023_ARM_64_STANDARD', 'AL2023_x86_64_STANDARD', 'AL2023_x86_64_NVIDIA', 'BOTTLEROCKET_ARM_64', 'BOTTLEROCKET_x86_64', 'BOTTLEROCKET_x86_64_NVIDIA'],
      'taint.effect': ['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE'],
    },
    matches: { node_role_arn: arn },
  },
  aws_elasticache_replication_group: {
    oneOf: { engine: ['redis', 'valkey'], transit_encryption_mode: ['preferred', 'required'] },
    matches: { node_type: [/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'an ElastiCache node type'] },
    conflicts: [['auth_token', 'user_group_ids']],
    between: { snapshot_retention_limit: [0, 35] },
  },
  aws_iam_role: { matches: { name: [/^[\w+=,.@-]{1,64}$/, 'a role name of at most 64 characters'] }, between: { max_session_duration: [3600, 43200] } },
  aws_iam_role_policy_attachment: { matches: { policy_arn: arn } },
  aws_kms_key: { between: { deletion_window_in_days: [7, 30], rotation_period_in_days: [90, 2560] } },
  aws_lb: { oneOf: { load_balancer_type: ['application', 'network', 'gateway'] }, matches: { name: [/^[A-Za-z0-9-]{1,32}$/, 'a load balancer name of at most 32 characters'] } },
  aws_lb_listener: { oneOf: { protocol: ['HTTP', 'HTTPS', 'TCP', 'TLS'], 'default_action.type': ['forward', 'redirect', 'fixed-response'] } },
  aws_lb_target_group: { oneOf: { target_type: ['instance', 'ip', 'lambda', 'alb'] }, matches: { name: [/^[A-Za-z0-9-]{1,32}$/, 'a target group name of at most 32 characters'] } },
  aws_route53_health_check: { oneOf: { type: ['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP', 'CALCULATED', 'CLOUDWATCH_METRIC'], request_interval: [10, 30] } },
  aws_route53_record: { oneOf: { type: ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'MX', 'SOA', 'CAA'], 'failover_routing_policy.type': ['PRIMARY', 'SECONDARY'] } },
  aws_s3_bucket: { matches: { bucket: [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name (3 to 63 lower-case characters)'] } },
  aws_s3_bucket_server_side_encryption_configuration: { oneOf: { 'rule.apply_server_side_encryption_by_default.sse_algorithm': ['AES256', 'aws:kms', 'aws:kms:dsse'] } },
  aws_s3_bucket_versioning: { oneOf: { 'versioning_configuration.status': ['Enabled', 'Suspended', 'Disabled'] } },
  aws_secretsmanager_secret: { oneOf: { recovery_window_in_days: [0, 7, 8, 9, 10, 11, 12, 13, 14, 21, 30] } },
  aws_secretsmanager_secret_version: { conflicts: [['secret_string', 'secret_string_wo', 'secret_binary']] },
  aws_sqs_queue: { between: { message_retention_seconds: [60, 1209600], visibility_timeout_seconds: [0, 43200] } },
  aws_subnet: { matches: { cidr_block: cidr } },
  aws_vpc: { matches: { cidr_block: cidr } },
  aws_vpc_endpoint: { oneOf: { vpc_endpoint_type: ['Interface', 'Gateway', 'GatewayLoadBalancer'] } },
  aws_vpc_security_group_egress_rule: { matches: { cidr_ipv4: cidr }, exactlyOne: [['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id']] },
  aws_vpc_security_group_ingress_rule: { matches: { cidr_ipv4: cidr }, exactlyOne: [['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id']] },
  aws_wafv2_web_acl: { oneOf: { scope: ['CLOUDFRONT', 'REGIONAL'] } },
};
