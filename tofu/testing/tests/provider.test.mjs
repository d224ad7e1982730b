import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, hasUnknown, unknown } from '../provider/codec.mjs';
import { planned, replacements, resolved, upgraded, withAllTags } from '../provider/planning.mjs';
import { policyDocument } from '../provider/policy-document.mjs';
import { diagnose } from '../provider/validation.mjs';
import { offlineProvider } from '../provider/service.mjs';

const block = {
  attributes: {
    name: { type: 'string', required: true },
    arn: { type: 'string', computed: true },
    id: { type: 'string', optional: true, computed: true },
    kms_key_id: { type: 'string', optional: true, computed: true },
    password_wo: { type: 'string', optional: true, writeOnly: true },
    tags: { type: ['map', 'string'], optional: true },
    tags_all: { type: ['map', 'string'], optional: true, computed: true },
  },
  blocks: { rule: { nesting: 'set', min: 0, max: 0, attributes: { port: { type: 'number', required: true }, id: { type: 'string', computed: true } }, blocks: {} } },
};
const config = { name: 'a', arn: null, id: null, kms_key_id: null, password_wo: 'secret', tags: { Own: '1' }, tags_all: null, rule: [{ port: 1, id: null }] };

test('a value that is not known yet survives the wire', () => {
  const value = decode(encode({ a: unknown, b: [unknown, 1], c: null }));
  assert.equal(value.a, unknown);
  assert.equal(value.b[0], unknown);
  assert.ok(hasUnknown(value));
  assert.ok(!hasUnknown({ a: 1, b: [null] }));
});

test('a new object has unknown computed values and no write-only ones', () => {
  const plan = planned(block, config, config, null);
  assert.equal(plan.arn, unknown);
  assert.equal(plan.password_wo, null);
  assert.equal(plan.rule[0].id, unknown);
});

test('an existing object keeps what AWS computed', () => {
  const prior = { ...config, arn: 'arn:aws:x', id: 'a', password_wo: null, rule: [{ port: 1, id: 'r' }] };
  const plan = planned(block, prior, config, prior);
  assert.equal(plan.arn, 'arn:aws:x');
  assert.equal(plan.kms_key_id, null);
});

test('what nobody set stays null after apply, so that no policy takes it for a decision', () => {
  const state = resolved({ type: 'aws_s3_bucket', region: 'us-east-1' }, block, planned(block, config, config, null));
  assert.equal(state.kms_key_id, null);
  assert.equal(state.password_wo, null);
  assert.match(state.arn, /^arn:aws:s3:::/);
});

test('the same configuration gets the same state, another one another', () => {
  const apply = name => resolved({ type: 'aws_vpc', region: 'us-east-1' }, block, planned(block, { ...config, name }, { ...config, name }, null));
  assert.deepEqual(apply('a'), apply('a'));
  assert.notEqual(apply('a').id, apply('b').id);
});

test('default tags lie under the own ones', () => {
  assert.deepEqual(withAllTags(block, { tags: { Own: '1' } }, { Own: '0', Project: 'nura' }).tags_all, { Own: '1', Project: 'nura' });
  assert.equal(withAllTags(block, { tags: { Own: unknown } }, {}).tags_all, unknown);
});

test('a changed bucket name replaces the bucket, a changed tag does not', () => {
  assert.deepEqual(replacements('aws_s3_bucket', { bucket: 'a' }, { bucket: 'b' }), [{ steps: [{ attribute_name: 'bucket' }] }]);
  assert.deepEqual(replacements('aws_s3_bucket', { bucket: 'a', tags: {} }, { bucket: 'a', tags: { x: '1' } }), []);
  assert.deepEqual(replacements('aws_s3_bucket', null, { bucket: 'b' }), []);
});

test('state of an older schema loses unknown attributes and gains null ones', () => {
  const state = upgraded(block, { name: 'a', gone: 1 });
  assert.ok(!('gone' in state));
  assert.equal(state.arn, null);
  assert.deepEqual(state.rule, []);
});

test('policy documents merge as the provider merges them', () => {
  const source = JSON.stringify({ Statement: [{ Sid: 'A', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] });
  const merged = policyDocument({ source_policy_documents: [source], statement: [{ sid: 'A', effect: 'Deny', actions: ['s3:b', 's3:a'], resources: ['x'] }] });
  assert.deepEqual(merged.Statement, [{ Sid: 'A', Effect: 'Deny', Action: ['s3:a', 's3:b'], Resource: 'x' }]);
  assert.throws(() => policyDocument({ source_policy_documents: [source, source] }), /duplicate Sid/);
});

test('principals and conditions take the form of IAM', () => {
  const { Statement: [s] } = policyDocument({ statement: [{ actions: ['sts:AssumeRole'], principals: [{ type: 'Service', identifiers: ['b', 'a'] }], condition: [{ test: 'StringEquals', variable: 'k', values: ['v'] }] }] });
  assert.deepEqual(s, { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['a', 'b'] }, Condition: { StringEquals: { k: 'v' } } });
});

for (const [what, type, values] of [
  ['an engine that RDS does not have', 'aws_db_instance', { engine: 'oracle-express' }],
  ['a password given twice', 'aws_db_instance', { password: 'x', password_wo: 'y' }],
  ['a backup of 90 days', 'aws_db_instance', { backup_retention_period: 90 }],
  ['a role that is no ARN', 'aws_eks_cluster', { role_arn: 'admin' }],
  ['a group rule with two sources', 'aws_vpc_security_group_ingress_rule', { cidr_ipv4: '10.0.0.0/8', prefix_list_id: 'pl-1' }],
  ['a bucket with capitals', 'aws_s3_bucket', { bucket: 'Nura' }],
  ['a retention that CloudWatch does not know', 'aws_cloudwatch_log_group', { retention_in_days: 45 }],
  ['a failover role that does not exist', 'aws_route53_record', { failover_routing_policy: [{ type: 'STANDBY' }] }],
]) {
  test(`the provider refuses ${what}`, () => assert.equal(diagnose(type, values).length, 1));
}

test('the provider does not judge what is not known yet', () => {
  assert.deepEqual(diagnose('aws_db_instance', { engine: unknown, kms_key_id: unknown }), []);
  assert.deepEqual(diagnose('aws_vpc_security_group_ingress_rule', { referenced_security_group_id: unknown }), []);
});

test('a data source without an answer says where to add one', () => {
  const service = offlineProvider({ provider: {}, resources: {}, data: { aws_new: { attributes: {}, blocks: {} } }, ephemeral: {} });
  service.ReadDataSource({ request: { type_name: 'aws_new', config: encode({}) } }, (_, reply) =>
    assert.match(reply.diagnostics[0].detail, /aws_new has no offline answer.*data-sources/));
});
