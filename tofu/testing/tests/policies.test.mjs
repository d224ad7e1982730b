import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rules } from '../../policies/index.mjs';
import { planModel } from '../../policies/plan-model.mjs';
import { exemptions } from '../../policies/exemptions.mjs';

const byId = Object.fromEntries(rules.map(rule => [rule.id, rule]));
const plan = resources => ({ planned_values: { root_module: { resources: resources.map(([type, values, name = 'x']) => ({ mode: 'managed', address: `${type}.${name}`, type, name, values })) } } });
const broken = (id, resources) => byId[id].check(planModel(plan(resources), { root: 'environments/production/us-east-1' }));
// Rules against something being there: a resource that says nothing cannot break them.
const contentWithNothing = [
  'NURA-EDGE-08', 'NURA-EDGE-09', 'NURA-EKS-10', 'NURA-EKS-13', 'NURA-NET-01', 'NURA-NET-02', 'NURA-NET-03', 'NURA-NET-06', 'NURA-NET-08', 'NURA-NET-11',
  'NURA-RDS-02', 'NURA-SEC-05',
];

const tags = { tags_all: { Project: 'nura', Environment: 'production', ManagedBy: 'opentofu', CostCenter: 'x' } };

test('every rule has its own id, a title and a reference', () => {
  assert.equal(new Set(rules.map(r => r.id)).size, rules.length);
  for (const rule of rules) assert.ok(/^NURA-[A-Z0-9]+-\d\d$/.test(rule.id) && rule.title.length > 10 && rule.ref);
});

test('exemptions name a rule, a reason and a last day', () => {
  for (const e of exemptions) assert.ok(rules.some(r => r.id === e.id) && e.reason && /^\d{4}-\d\d-\d\d$/.test(e.until));
});

for (const [id, ...resources] of [
  ['NURA-NET-01', ['aws_vpc_security_group_ingress_rule', { cidr_ipv4: '0.0.0.0/0', description: 'x', ip_protocol: 'tcp', from_port: 22, to_port: 22 }]],
  ['NURA-NET-03', ['aws_vpc_security_group_egress_rule', { cidr_ipv4: '0.0.0.0/0', description: 'x', ip_protocol: 'tcp', from_port: 25, to_port: 25 }]],
  ['NURA-NET-06', ['aws_security_group', { description: 'x', ingress: [{ from_port: 1 }] }]],
  ['NURA-NET-07', ['aws_vpc', { id: 'vpc-1' }]],
  ['NURA-NET-09', ['aws_vpc', { id: 'vpc-1' }]],
  ['NURA-NET-10', ['aws_db_subnet_group', { subnet_ids: ['s'] }], ['aws_route_table_association', { subnet_id: 's', route_table_id: 't' }], ['aws_route', { route_table_id: 't' }]],
  ['NURA-EKS-02', ['aws_eks_cluster', { vpc_config: [{ endpoint_private_access: true, endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }], version: '1.36' }]],
  ['NURA-EKS-13', ['aws_eks_node_group', { instance_types: ['g4dn.xlarge'] }]],
  ['NURA-RDS-03', ['aws_db_instance', { ...tags, multi_az: false }]],
  ['NURA-RDS-12', ['aws_db_instance', { password: 'secret' }]],
  ['NURA-CACHE-04', ['aws_elasticache_replication_group', { ...tags, num_cache_clusters: 1 }]],
  ['NURA-S3-01', ['aws_s3_bucket', { bucket: 'b' }], ['aws_s3_bucket_public_access_block', { bucket: 'b', block_public_acls: true }]],
  ['NURA-S3-07', ['aws_s3_bucket', { ...tags, bucket: 'nura-prod-documents-1', region: 'us-east-1' }]],
  ['NURA-KMS-03', ['aws_kms_key', { policy: '{"Statement":{"Principal":"*"}}' }]],
  ['NURA-SEC-03', ['aws_secretsmanager_secret_version', { secret_string: 'x', secret_binary: null }]],
  ['NURA-SEC-05', ['aws_ssm_parameter', { type: 'String', value: '{"db_password":"x"}' }]],
  ['NURA-LOG-06', ['aws_lb', { arn_suffix: 'app/x' }]],
  ['NURA-BAK-02', ['aws_backup_vault', { name: 'v', region: 'r' }]],
  ['NURA-AI-04', ['aws_sagemaker_endpoint_configuration', { kms_key_arn: null, production_variants: [{ instance_type: 'ml.m7g.large' }] }]],
  ['NURA-AI-04', ['aws_sagemaker_endpoint_configuration', { kms_key_arn: 'arn:aws:kms:us-east-1:1:key/1', production_variants: [{ instance_type: 'ml.g4dn.xlarge' }] }]],
  ['NURA-EDGE-08', ['aws_wafv2_web_acl', { rule: [{ priority: 1 }, { priority: 1 }] }]],
  ['NURA-DNS-01', ['aws_route53_record', { failover_routing_policy: [{ type: 'PRIMARY' }], health_check_id: 'h' }]],
  ['NURA-TAG-01', ['aws_vpc', { tags_all: { Project: 'nura' } }]],
]) {
  test(`${id} fires`, () => assert.equal(broken(id, resources).length > 0, true));
}

test('no rule is content with a resource that says nothing', () => {
  const silent = { NURA: 0 };
  for (const rule of rules) {
    const types = rule.types ?? [];
    const model = planModel(plan([['aws_vpc', tags, 'tagged'], ...types.map(type => [type, {}, 'this'])]), { root: 'environments/production/us-east-1' });
    let found;
    try {
      found = rule.check(model).length;
    } catch {
      found = 1;
    }
    if (types.length > 0 && found === 0) silent[rule.id] = types;
  }
  delete silent.NURA;
  assert.deepEqual(Object.keys(silent).sort(), contentWithNothing);
});
