import { all, each, first, isKey, list, statements, whole } from './rule.mjs';

const days = [7, 14, 30, 60, 90, 180, 365, 400, 731];
// Instance types with storage of their own, which encrypts itself.
const ownDisks = /^ml\.([gp][5-9]|gr\d|i\d|trn\d|[a-z]+\d[a-z]*d)/;
const required = ['Project', 'Environment', 'ManagedBy', 'CostCenter'];

export default [
  each('NURA-KMS-01', 'aws_kms_key', 'Keys rotate', 'CKV_AWS_7', v => v.enable_key_rotation === true),
  each('NURA-KMS-02', 'aws_kms_key', 'Deleting a key takes 30 days', 'own', v => v.deletion_window_in_days === 30),
  each('NURA-KMS-03', ['aws_kms_key', 'aws_kms_replica_key'], 'Key policies name principals, and services only for this account', 'CKV_AWS_33', v => statements(v.policy).every(s =>
    s.Principal !== '*' && s.Principal?.AWS !== '*' && (!s.Principal?.Service || JSON.stringify(s.Condition ?? {}).match(/SourceAccount|SourceArn|EncryptionContext/)))),

  each('NURA-IAM-01', 'aws_iam_role', 'Roles of environments stay within the boundary', 'own', v => /:policy\/nura-boundary$/.test(v.permissions_boundary ?? ''), { when: m => m.environment !== 'shared' }),

  each('NURA-SEC-01', 'aws_secretsmanager_secret', 'Secrets are encrypted with our key', 'CKV_AWS_149', v => isKey(v.kms_key_id)),
  each('NURA-SEC-02', 'aws_secretsmanager_secret', 'Deleted secrets of staging and production can be brought back', 'own', v => v.recovery_window_in_days >= 7, { when: m => m.guarded }),
  each('NURA-SEC-03', 'aws_secretsmanager_secret_version', 'Secret values never enter the state', 'own', v => v.secret_string === null && v.secret_binary === null && v.secret_string_wo_version >= 1),
  whole('NURA-SEC-04', 'Production secrets are replicated, under our key', 'own', m => (m.production && !m.standby ? m.of('aws_secretsmanager_secret').filter(s => !list(s.values.replica).some(r => isKey(r.kms_key_id))).map(s => s.address) : [])),
  each('NURA-SEC-05', 'aws_ssm_parameter', 'Plain parameters hold no secrets', 'CKV_AWS_337', v => v.type === 'SecureString' || !/(password|secret_string|BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16})/.test(v.value ?? '')),

  each('NURA-ECR-01', 'aws_ecr_repository', 'Image tags never move', 'CKV_AWS_51', v => v.image_tag_mutability === 'IMMUTABLE'),
  each('NURA-ECR-02', 'aws_ecr_repository', 'Images are encrypted with our key', 'CKV_AWS_136', v => first(v.encryption_configuration)?.encryption_type === 'KMS' && isKey(first(v.encryption_configuration)?.kms_key)),
  each('NURA-ECR-03', 'aws_ecr_repository', 'Images are scanned when pushed', 'CKV_AWS_163', v => first(v.image_scanning_configuration)?.scan_on_push === true),

  each('NURA-LOG-01', 'aws_cloudwatch_log_group', 'Logs expire', 'CKV_AWS_66, CKV_AWS_338', v => days.includes(v.retention_in_days)),
  each('NURA-LOG-02', 'aws_cloudwatch_log_group', 'Logs are encrypted with our key', 'CKV_AWS_158', v => isKey(v.kms_key_id)),
  each('NURA-LOG-03', 'aws_cloudwatch_log_group', 'Production keeps logs 90 days', 'own', v => v.retention_in_days >= 90, { when: m => m.production }),
  each('NURA-LOG-04', 'aws_sns_topic', 'Topics are encrypted with our key', 'CKV_AWS_26', v => isKey(v.kms_master_key_id)),
  each('NURA-LOG-05', 'aws_cloudwatch_metric_alarm', 'Alarms reach somebody or stop a deployment', 'own', (v, m) => list(v.alarm_actions).length > 0 || m.of('aws_sagemaker_endpoint').some(e => JSON.stringify(e.values.deployment_config ?? []).includes(`"${v.alarm_name}"`))),
  whole('NURA-LOG-06', 'Databases, caches and load balancers are watched', 'own', m => {
    const watched = new Set(m.of('aws_cloudwatch_metric_alarm').flatMap(a => [a.values, ...list(a.values.metric_query).map(q => first(q.metric) ?? {})]).flatMap(m => Object.values(m.dimensions ?? {})));
    return [...m.of('aws_db_instance').filter(d => d.name === 'this' && !watched.has(d.values.identifier)), ...m.of('aws_lb').filter(l => !watched.has(l.values.arn_suffix)), ...m.of('aws_elasticache_replication_group').filter(c => !watched.has(`${c.values.replication_group_id}-001`))].map(r => r.address);
  }),
  each('NURA-AUD-01', 'aws_cloudtrail', 'The trail covers all regions, is validated and encrypted', 'CKV_AWS_35, CKV_AWS_36, CKV_AWS_67', v => v.is_multi_region_trail === true && v.enable_log_file_validation === true && isKey(v.kms_key_id)),

  each('NURA-SQS-01', 'aws_sqs_queue', 'Queues are encrypted', 'CKV_AWS_27', v => isKey(v.kms_master_key_id) || v.sqs_managed_sse_enabled === true),

  each('NURA-BAK-01', 'aws_backup_vault', 'Vaults are encrypted with our key', 'CKV_AWS_166', v => isKey(v.kms_key_arn)),
  whole('NURA-BAK-02', 'Vaults are locked', 'own', m => m.of('aws_backup_vault').filter(vault => !m.of('aws_backup_vault_lock_configuration').some(l => l.values.backup_vault_name === vault.values.name && l.values.region === vault.values.region)).map(r => r.address), m => m.of('aws_backup_vault').length),
  each('NURA-BAK-03', 'aws_backup_plan', 'Production backups are copied to the other region', 'own', v => all(v.rule, r => list(r.copy_action).length > 0), { when: m => m.production && !m.standby }),
  each('NURA-BAK-04', 'aws_backup_plan', 'Backups are kept 7 days, in production 35', 'own', (v, m) => all(v.rule, r => first(r.lifecycle)?.delete_after >= (m.production ? 35 : 7))),

  each('NURA-AI-01', 'aws_bedrock_guardrail', 'Guardrails are encrypted with our key and stop prompt attacks', 'own', v => isKey(v.kms_key_arn) && list(first(v.content_policy_config)?.filters_config).some(f => f.type === 'PROMPT_ATTACK' && f.input_strength === 'HIGH')),
  each('NURA-AI-02', 'aws_bedrock_model_invocation_logging_configuration', 'Prompts are not in the invocation log unless a bucket takes the large ones', 'own', v => {
    const config = first(v.logging_config);
    return config.text_data_delivery_enabled !== true || list(first(config.cloudwatch_config)?.large_data_delivery_s3_config).length > 0;
  }),
  whole('NURA-AI-03', 'Production logs model calls', 'own', m => (m.production && m.of('aws_bedrock_guardrail').length && !m.of('aws_bedrock_model_invocation_logging_configuration').length ? ['aws_bedrock_model_invocation_logging_configuration'] : [])),
  each('NURA-AI-04', 'aws_sagemaker_endpoint_configuration', 'Endpoints are encrypted with our key, or by their disks where SageMaker refuses a key', 'CKV_AWS_98', v =>
    list(v.production_variants).some(p => ownDisks.test(p.instance_type)) ? v.kms_key_arn === null : isKey(v.kms_key_arn)),
  each('NURA-AI-05', 'aws_sagemaker_model', 'Models run isolated in the VPC, from an image pinned by digest', 'CKV_AWS_370', v => v.enable_network_isolation === true && list(first(v.vpc_config)?.subnets).length > 0 && /@sha256:/.test(first(v.primary_container)?.image ?? '')),

  whole('NURA-TAG-01', 'Everything that can carry tags carries ours', 'own', m => m.all.filter(r => 'tags_all' in r.values && !required.every(t => r.values.tags_all?.[t])).map(r => r.address), m => m.all.length),
];
