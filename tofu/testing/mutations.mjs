// Faults that somebody could write. Each is put into a copy of the code, alone; some gate must notice.
// `root` is the smallest root in which it would do harm, or the stack alone where it has what no root turns on.
const dev = 'environments/dev/us-east-1';
const staging = 'environments/staging/us-east-1';
const production = 'environments/production/us-east-1';
const standby = 'environments/production/eu-west-1';
const global = 'environments/production/global';
const bootstrap = 'bootstrap';
const stack = 'modules/stack';

const fault = (what, root, file, find, replace) => ({ what, root, file, find, replace });

export const mutations = [
  // Network
  fault('subnets hand out public addresses', dev, 'modules/network/main.tf', 'map_public_ip_on_launch = false', 'map_public_ip_on_launch = true'),
  fault('the default group is left as it is', dev, 'modules/network/main.tf', 'resource "aws_default_security_group" "this" {', 'resource "aws_security_group" "default_closed" {\n  name = "x"'),
  fault('databases get a way out', dev, 'modules/network/routing.tf', 'route_table_id = aws_route_table.data.id', 'route_table_id = aws_route_table.public.id'),
  fault('all traffic is not logged', dev, 'modules/network/flow-logs.tf', '"ALL"', '"REJECT"'),
  fault('the network ACL admits everybody', dev, 'modules/network/routing.tf', 'cidr_block     = each.value.cidr', 'cidr_block     = "0.0.0.0/0"'),
  fault('data subnets overlap private ones', dev, 'modules/network/main.tf', '56 + index', '16 + index'),
  fault('one NAT gateway for all of production', production, 'environments/production/us-east-1/main.tf', 'nat_per_zone = true', 'nat_per_zone = false'),
  fault('the database is open to the internet', dev, 'modules/rds-postgres/security.tf', 'referenced_security_group_id = each.value', 'cidr_ipv4                    = "0.0.0.0/0"'),
  fault('the database is open to the whole private range', dev, 'modules/rds-postgres/security.tf', 'referenced_security_group_id = each.value', 'cidr_ipv4                    = "10.0.0.0/8"'),
  fault('the cache is open on all ports', stack, 'modules/elasticache/main.tf', 'from_port                    = 6379', 'from_port                    = 0'),
  fault('the load balancer is open to the internet', production, 'modules/ingress/security.tf', 'prefix_list_id    = each.value.id', 'cidr_ipv4         = "0.0.0.0/0"'),

  // Cluster
  fault('a Kubernetes version out of support', dev, 'modules/eks/variables.tf', 'default     = "1.36"', 'default     = "1.31"'),
  fault('extended support is paid for', dev, 'modules/eks/main.tf', '"STANDARD"', '"EXTENDED"'),
  fault('Kubernetes secrets are encrypted with the wrong key', dev, 'modules/eks/main.tf', 'key_arn = var.kms_key_arn', 'key_arn = replace(var.kms_key_arn, "/:key.*/", ":alias/aws/eks")'),
  fault('the audit log is off', dev, 'modules/eks/main.tf', '"audit", ', ''),
  fault('the creator stays administrator', dev, 'modules/eks/main.tf', 'creator_admin_permissions = false', 'creator_admin_permissions = true'),
  fault('the config map gives access again', dev, 'modules/eks/main.tf', '"API"', '"API_AND_CONFIG_MAP"'),
  fault('pods reach the credentials of the node', dev, 'modules/eks/node-group.tf', 'http_put_response_hop_limit = 1', 'http_put_response_hop_limit = 2'),
  fault('metadata without a token', dev, 'modules/eks/node-group.tf', '"required"', '"optional"'),
  fault('node volumes in the clear', dev, 'modules/eks/node-group.tf', 'encrypted             = true', 'encrypted             = false'),
  fault('an argument that does not exist', dev, 'modules/eks/node-group.tf', 'max_unavailable = 1', 'max_unavailible = 1'),
  fault('an image type that EKS does not have', dev, 'modules/eks/node-group.tf', '"AL2023_ARM_64_STANDARD"', '"AL2_ARM_64"'),
  fault('storage driver forgotten', dev, 'modules/eks/addons.tf', '"aws-ebs-csi-driver", "coredns"', '"coredns"'),
  fault('idle GPU node', production, 'environments/production/us-east-1/main.tf', '["m7g.large"]', '["g6.xlarge"]'),

  // Stores
  fault('the database is not encrypted', dev, 'modules/rds-postgres/main.tf', 'storage_encrypted     = true', 'storage_encrypted     = false'),
  fault('the database is public', dev, 'modules/rds-postgres/main.tf', 'publicly_accessible                 = false', 'publicly_accessible                 = true'),
  fault('staging has no standby', staging, 'environments/staging/us-east-1/main.tf', 'multi_az              = true', 'multi_az              = false'),
  fault('production keeps backups for a week', production, 'environments/production/us-east-1/main.tf', 'backup_retention_days = 35', 'backup_retention_days = 7'),
  fault('production can be deleted by mistake', production, 'environments/production/us-east-1/main.tf', 'deletion_protection = true', 'deletion_protection = false'),
  fault('the password goes into the state', dev, 'modules/rds-postgres/main.tf', 'password_wo                 = one(ephemeral.aws_secretsmanager_secret_version.master[*].secret_string)\n  password_wo_version         = local.is_replica ? null : var.password_version', 'password                    = local.is_replica ? null : "changeme-please"'),
  fault('a pull request reads the password of the database', dev, 'modules/rds-postgres/secret.tf', '/nura-tofu-plan/', '/nura-plan/'),
  fault('secrets of production are gone at once', production, 'modules/stack/main.tf', '  deletion_protection = var.deletion_protection\n\n  external', '  deletion_protection = false\n\n  external'),
  fault('a secret value in clear text', dev, 'modules/secrets/main.tf', 'secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password\n  secret_string_wo_version = each.value.version', 'secret_string = "changeme"'),
  fault('plain connections to the database', dev, 'modules/rds-postgres/main.tf', '{ value = "1", when = "immediate" }\n', '{ value = "0", when = "immediate" }\n'),
  fault('the primary is not backed up', dev, 'modules/rds-postgres/main.tf', '"none" : "nura"', '"none" : "none"'),
  fault('the replica follows an identifier across regions', standby, 'environments/production/eu-west-1/main.tf', '"arn:aws:rds:us-east-1:${local.account}:db:${local.primary}-postgres"', '"${local.primary}-postgres"'),
  fault('the cache speaks in the clear', stack, 'modules/elasticache/main.tf', '"required"', '"preferred"'),
  fault('the cache asks nobody who they are', stack, 'modules/elasticache/main.tf', 'user_group_ids             = [aws_elasticache_user_group.this.user_group_id]', ''),
  fault('buckets keep no versions', dev, 'modules/storage-replicated/main.tf', 'status = "Enabled"\n  }', 'status = "Suspended"\n  }'),
  fault('buckets may be public', dev, 'modules/storage-replicated/main.tf', 'restrict_public_buckets = true', 'restrict_public_buckets = false'),
  fault('buckets accept plain HTTP', dev, 'modules/storage-replicated/main.tf', 'effect    = "Deny"', 'effect    = "Allow"'),
  fault('a resource type that does not exist', dev, 'modules/storage-replicated/main.tf', 'aws_s3_bucket_server_side_encryption_configuration', 'aws_s3_bucket_encryption'),
  fault('encrypted objects are not replicated', production, 'modules/storage-replicated/replication.tf', 'sse_kms_encrypted_objects {\n        status = "Enabled"', 'sse_kms_encrypted_objects {\n        status = "Disabled"'),
  fault('production backups stay in their region', production, 'modules/stack/main.tf', 'copy = var.replica_region == null ? null : {', 'copy = true ? null : {'),
  fault('backups can be deleted', dev, 'modules/backup/variables.tf', 'default     = true', 'default     = false'),

  // Identities
  fault('a wildcard action', dev, 'modules/stack/policies.tf', '"s3:GetObject", "s3:GetObjectVersion"', '"s3:*"'),
  fault('an action that does not exist', dev, 'modules/stack/policies.tf', '"bedrock:InvokeModelWithResponseStream"', '"bedrock:InvokeModelStream"'),
  fault('every secret of the account', dev, 'modules/stack/policies.tf', '["${local.secrets}/*"]', '["${local.secrets}/*", "*"]'),
  fault('secrets of every environment', dev, 'modules/stack/policies.tf', '["${local.secrets}/*"]', '["${local.secrets}/*", "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:nura-*"]'),
  fault('services sign in to every cache', stack, 'modules/stack/policies.tf', '[module.cache[0].arn, module.cache[0].user_arn]', '["*"]'),
  fault('nobody watches the cache', stack, 'modules/stack/main.tf', 'try(module.cache[0].node_ids, [])', '[]'),
  fault('a cache behind a closed network ACL', stack, 'modules/network/routing.tf', 'if var.cache', 'if !var.cache'),
  fault('agents may change documents', dev, 'modules/stack/identities.tf', 'data.aws_iam_policy_document.gateway.json, data.aws_iam_policy_document.documents_read.json', 'data.aws_iam_policy_document.gateway.json, data.aws_iam_policy_document.documents_write.json'),
  fault('Karpenter ends any instance', dev, 'modules/eks-karpenter/iam.tf', 'sid       = "EndOwn"\n    actions   = ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]\n    resources = ["${local.ec2}:${local.account}:instance/*", "${local.ec2}:${local.account}:launch-template/*"]\n\n    condition {\n      test     = "StringEquals"', 'sid       = "EndOwn"\n    actions   = ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]\n    resources = ["${local.ec2}:${local.account}:instance/*", "${local.ec2}:${local.account}:launch-template/*"]\n\n    condition {\n      test     = "StringNotEquals"'),
  fault('IRSA without audience', dev, 'modules/workload-identity/main.tf', '${var.oidc_issuer}:aud', '${var.oidc_issuer}:azp'),
  fault('any workflow of the repository may apply', bootstrap, 'bootstrap/github.tf', 'test     = "StringEquals"\n      variable = "token.actions.githubusercontent.com:sub"', 'test     = "StringLike"\n      variable = "token.actions.githubusercontent.com:sub"'),
  fault('the plan role may write state', bootstrap, 'bootstrap/github.tf', '/*.tflock"]', '/*"]'),
  fault('a role is trusted for any account', dev, 'modules/backup/main.tf', 'variable = "aws:SourceAccount"', 'variable = "aws:PrincipalTag/x"'),
  fault('roles may be made without the boundary', bootstrap, 'bootstrap/github.tf', 'variable = "iam:PermissionsBoundary"', 'variable = "iam:ResourceTag/x"'),
  fault('the boundary leaves identities in', bootstrap, 'bootstrap/boundary.tf', '"account:*", "iam:*", "organizations:*"', '"account:*", "organizations:*"'),
  fault('a role without the boundary', dev, 'modules/eks/iam.tf', 'assume_role_policy   = data.aws_iam_policy_document.node_trust.json\n  permissions_boundary = local.boundary', 'assume_role_policy   = data.aws_iam_policy_document.node_trust.json'),
  fault('an administrator policy', bootstrap, 'bootstrap/github.tf', '"PowerUserAccess"', '"AdministratorAccess"'),
  fault('everybody may use the key', dev, 'modules/kms/iam.tf', 'identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:root"]', 'identifiers = ["*"]'),

  // The rest
  fault('keys never rotate', dev, 'modules/kms/main.tf', 'enable_key_rotation     = true', 'enable_key_rotation     = false'),
  fault('logs are kept for ever', dev, 'modules/network/flow-logs.tf', 'retention_in_days = var.log_retention_days', 'retention_in_days = 0'),
  fault('logs in the clear', dev, 'modules/eks/main.tf', 'kms_key_id        = var.logs_kms_key_arn', 'kms_key_id        = var.logs_kms_key_arn == "" ? "" : null'),
  fault('alarms reach nobody', dev, 'modules/observability/alarms.tf', 'alarm_actions       = [aws_sns_topic.alarms.arn]', ''),
  fault('an alarm on a dimension that does not exist', stack, 'modules/observability/alarms.tf', 'dimensions  = { CacheClusterId = each.key }', 'dimensions  = { ReplicationGroupId = "x" }'),
  fault('an alarm on a number of connections', dev, 'modules/observability/alarms.tf', 'floor(0.8 * var.database_max_connections)', '80 + 0 * var.database_max_connections'),
  fault('an alarm on a cache that is full', stack, 'modules/observability/alarms.tf', '0.75 * used * fragmentation', 'used'),
  fault('image tags can move', bootstrap, 'modules/ecr/main.tf', '"IMMUTABLE"', '"MUTABLE"'),
  fault('prompts in the log without a bucket', production, 'modules/bedrock/main.tf', 'text_data_delivery_enabled      = var.log_bodies', 'text_data_delivery_enabled      = true'),
  fault('a model that is gone', dev, 'environments/dev/us-east-1/main.tf', 'us.anthropic.claude-sonnet-4-6', 'us.anthropic.claude-3-sonnet-20240229-v1:0'),
  fault('a block that does not exist', production, 'modules/bedrock/main.tf', 'cloudwatch_config {', 'cloud_watch_config {'),
  fault('a key for disks that encrypt themselves', production, 'modules/sagemaker-endpoint/main.tf', 'local.encrypts_itself ? null : var.kms_key_arn', 'local.encrypts_itself ? var.kms_key_arn : null'),
  fault('nobody finds development by its name', dev, 'modules/ingress/main.tf', 'var.behind_cloudfront ? 0 : 1', 'var.behind_cloudfront ? 1 : 0'),
  fault('old TLS at the edge', global, 'modules/edge/main.tf', '"TLSv1.2_2021"', '"TLSv1"'),
  fault('CloudFront without its firewall', global, 'modules/edge/main.tf', 'web_acl_id      = aws_wafv2_web_acl.this.arn', ''),
  fault('the firewall only counts', global, 'modules/edge/firewall.tf', 'none {}', 'count {}'),
  fault('credentials in the log of the firewall', global, 'modules/edge/firewall.tf', 'name = "authorization"', 'name = "x-request-id"'),
  fault('prompts that quote code are blocked', global, 'modules/edge/firewall.tf', '"GenericLFI_BODY", ', ''),
  fault('two rules of one priority', global, 'modules/edge/firewall.tf', 'priority = 30', 'priority = 20'),
  fault('failover without a health check', global, 'modules/dns-failover/main.tf', 'health_check_id = aws_route53_health_check.this[each.value.region].id', ''),
  fault('the switch does not switch', global, 'modules/dns-failover/main.tf', 'serving = var.dr_active ? var.regions[1] : var.regions[0]', 'serving = var.regions[0]'),
  fault('promotion does not cut the replica loose', standby, 'modules/rds-postgres/main.tf', 'follows    = local.is_replica && !var.promoted', 'follows    = local.is_replica'),
  fault('no environment tag', dev, 'environments/dev/us-east-1/providers.tf', 'Environment = "development"', 'Stage       = "development"'),
  fault('development on a large database', dev, 'environments/dev/us-east-1/main.tf', 'db.t4g.micro', 'db.r7g.large'),
  fault('development with a node too many', dev, 'environments/dev/us-east-1/main.tf', 'desired_size = 2', 'desired_size = 4'),
];
