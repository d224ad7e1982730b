import { each, first, isKey, list, statements, whole } from './rule.mjs';

const database = 'aws_db_instance';
const cache = 'aws_elasticache_replication_group';
const follows = v => Boolean(v.replicate_source_db);
const crossRegion = v => follows(v) && v.replicate_source_db.startsWith('arn:');
const partnerOf = (m, type, bucket) => m.of(type).find(r => r.values.bucket === bucket.values.id);
const buckets = (id, title, ref, holds) => whole(id, title, ref, m => m.of('aws_s3_bucket').filter(b => !holds(b, m)).map(b => b.address), m => m.of('aws_s3_bucket').length);

export default [
  each('NURA-RDS-01', database, 'Databases are encrypted with our key', 'CKV_AWS_16', v => v.storage_encrypted === true && isKey(v.kms_key_id)),
  each('NURA-RDS-02', database, 'Databases are not public', 'CKV_AWS_17', v => v.publicly_accessible !== true),
  each('NURA-RDS-03', database, 'Primaries of staging and production have a standby', 'CKV_AWS_157', v => follows(v) || v.multi_az === true, { when: m => m.guarded }),
  each('NURA-RDS-04', database, 'Point-in-time recovery reaches 7 days, in production 30', 'CKV_AWS_133', (v, m) => v.backup_retention_period >= (m.production && !(follows(v) && !crossRegion(v)) ? 30 : 7)),
  each('NURA-RDS-05', database, 'Databases of staging and production refuse deletion', 'CKV_AWS_293', v => v.deletion_protection === true, { when: m => m.guarded }),
  each('NURA-RDS-06', database, 'A deleted primary of staging or production leaves a snapshot', 'own', v => (follows(v) && !crossRegion(v)) || (v.skip_final_snapshot === false && Boolean(v.final_snapshot_identifier)), { when: m => m.guarded }),
  each('NURA-RDS-07', database, 'Services may sign in with IAM', 'CKV_AWS_161', v => v.iam_database_authentication_enabled === true),
  each('NURA-RDS-08', database, 'Performance insights are on and encrypted', 'CKV_AWS_353, CKV_AWS_354', v => v.performance_insights_enabled === true && isKey(v.performance_insights_kms_key_id)),
  each('NURA-RDS-09', database, 'Staging and production have enhanced monitoring', 'CKV_AWS_118', v => v.monitoring_interval > 0 && Boolean(v.monitoring_role_arn), { when: m => m.guarded }),
  each('NURA-RDS-10', database, 'Logs leave the database', 'CKV_AWS_129', v => list(v.enabled_cloudwatch_logs_exports).includes('postgresql')),
  each('NURA-RDS-11', database, 'Minor versions come by themselves', 'CKV_AWS_226', v => v.auto_minor_version_upgrade === true && v.allow_major_version_upgrade !== true),
  each('NURA-RDS-12', database, 'No password is in the state', 'own', v => v.password === null && (follows(v) || v.username === null || v.password_wo_version >= 1)),
  each('NURA-RDS-13', database, 'Storage grows by itself', 'own', v => v.max_allocated_storage > 0 && v.storage_type === 'gp3'),
  each('NURA-RDS-14', 'aws_db_parameter_group', 'TLS is forced', 'CKV2_AWS_69', v => list(v.parameter).some(p => p.name === 'rds.force_ssl' && p.value === '1')),
  each('NURA-RDS-15', database, 'The parameter group is our own', 'own', (v, m) => m.of('aws_db_parameter_group').some(g => g.values.name === v.parameter_group_name)),
  whole('NURA-RDS-16', 'Primaries are tagged for backup', 'own', m => m.of(database).filter(r => !follows(r.values) && r.values.tags?.Backup !== 'nura').map(r => r.address), m => m.of(database).length),

  each('NURA-CACHE-01', cache, 'Caches are encrypted at rest with our key', 'CKV_AWS_29, CKV_AWS_191', v => ['true', true].includes(v.at_rest_encryption_enabled) && isKey(v.kms_key_id)),
  each('NURA-CACHE-02', cache, 'Caches speak TLS only', 'CKV_AWS_30', v => v.transit_encryption_enabled === true && v.transit_encryption_mode === 'required'),
  each('NURA-CACHE-03', cache, 'Caches know who asks', 'CKV_AWS_31', v => list(v.user_group_ids).length > 0 && v.auth_token === null),
  each('NURA-CACHE-04', cache, 'Caches of staging and production fail over between zones', 'CKV2_AWS_50', v => v.multi_az_enabled === true && v.automatic_failover_enabled === true && v.num_cache_clusters >= 2, { when: m => m.guarded }),
  each('NURA-CACHE-05', cache, 'The engine is Valkey', 'own', v => v.engine === 'valkey'),
  each('NURA-CACHE-06', 'aws_elasticache_user', 'Cache users sign in with IAM and are no administrators', 'own', v => first(v.authentication_mode)?.type === 'iam' && v.access_string.includes('-@admin')),

  buckets('NURA-S3-01', 'Buckets block public access in all four ways', 'CKV_AWS_53 to 56', (b, m) => {
    const v = partnerOf(m, 'aws_s3_bucket_public_access_block', b)?.values ?? {};
    return v.block_public_acls === true && v.block_public_policy === true && v.ignore_public_acls === true && v.restrict_public_buckets === true;
  }),
  buckets('NURA-S3-02', 'Buckets keep versions', 'CKV_AWS_21', (b, m) => first(partnerOf(m, 'aws_s3_bucket_versioning', b)?.values.versioning_configuration)?.status === 'Enabled'),
  buckets('NURA-S3-03', 'Buckets are encrypted with our key, access logs with that of S3', 'CKV_AWS_145', (b, m) => {
    const rule = first(first(partnerOf(m, 'aws_s3_bucket_server_side_encryption_configuration', b)?.values.rule)?.apply_server_side_encryption_by_default);
    return b.values.bucket.includes('-access-logs-') ? rule?.sse_algorithm === 'AES256' : rule?.sse_algorithm === 'aws:kms' && isKey(rule.kms_master_key_id);
  }),
  buckets('NURA-S3-04', 'Buckets refuse plain HTTP', 'CKV_AWS_379', (b, m) => {
    const policy = partnerOf(m, 'aws_s3_bucket_policy', b)?.values.policy;
    return Boolean(policy) && statements(policy).some(s => s.Effect === 'Deny' && s.Condition?.Bool?.['aws:SecureTransport'] === 'false');
  }),
  buckets('NURA-S3-05', 'Buckets clean up old versions', 'CKV2_AWS_61', (b, m) => list(partnerOf(m, 'aws_s3_bucket_lifecycle_configuration', b)?.values.rule).some(r => r.status === 'Enabled' && list(r.noncurrent_version_expiration).length > 0)),
  buckets('NURA-S3-06', 'Buckets use no ACLs', 'CKV2_AWS_65', (b, m) => first(partnerOf(m, 'aws_s3_bucket_ownership_controls', b)?.values.rule)?.object_ownership === 'BucketOwnerEnforced'),
  whole('NURA-S3-07', 'Production documents and the state are replicated, encrypted objects and deletions included', 'CKV_AWS_144', m => m.of('aws_s3_bucket')
    .filter(b => ((m.production && b.values.bucket.includes('-documents-')) || b.values.bucket.includes('-state-')) && b.values.region === 'us-east-1')
    .filter(b => {
      const rule = first(partnerOf(m, 'aws_s3_bucket_replication_configuration', b)?.values.rule);
      return !(rule?.status === 'Enabled' && first(rule.delete_marker_replication)?.status === 'Enabled'
        && first(first(rule.source_selection_criteria)?.sse_kms_encrypted_objects)?.status === 'Enabled' && isKey(first(first(rule.destination)?.encryption_configuration)?.replica_kms_key_id));
    }).map(b => b.address)),
];
