import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { costOf, costProblems, developmentLimit } from '../gates/cost.mjs';
import { compareFlips } from '../gates/dr-flip.mjs';
import { cases, checkStatements, checkTrust, runCases } from '../gates/iam.mjs';
import { lifecycleProblems, pinned } from '../gates/lifecycle.mjs';
import { lint, rules } from '../gates/lint.mjs';
import { mutations } from '../mutations.mjs';

const dev = 'environments/dev/us-east-1';
const plan = resources => ({ planned_values: { root_module: { resources: resources.map(([type, values], index) => ({ mode: 'managed', address: `${type}.r${index}`, type, name: `r${index}`, values })) } } });
const node = (type, desired) => ['aws_eks_node_group', { instance_types: [type], scaling_config: [{ desired_size: desired }], launch_template: [] }];

test('a node costs its hours and its disk', () => assert.equal(costOf(plan([node('t4g.large', 2)]), 'none/us-east-1').byGroup.Nodes, Math.round(2 * (0.0672 * 730 + 20 * 0.08))));
test('Multi-AZ doubles a database', () => {
  const database = multi => costOf(plan([['aws_db_instance', { instance_class: 'db.t4g.medium', allocated_storage: 20, multi_az: multi }]]), 'none/us-east-1').byGroup.Database;
  assert.equal(database(true), Math.round(2 * (0.065 * 730 + 20 * 0.115)));
  assert.ok(database(false) < database(true));
});
// The figures of docs/decisions/0039-cache-in-the-cluster.md: no environment has one, so no plan shows them.
test('a managed cache would cost what its decision says', () => {
  const cache = (root, type, nodes) => costOf(plan([['aws_elasticache_replication_group', { node_type: type, num_cache_clusters: nodes }]]), `none/${root}`).byGroup.Cache;
  const figures = [cache('us-east-1', 'cache.t4g.micro', 1), cache('us-east-1', 'cache.t4g.small', 2), cache('us-east-1', 'cache.r7g.large', 3), cache('eu-west-1', 'cache.r7g.large', 3)];
  const decision = readFileSync(new URL('../../../docs/decisions/0039-cache-in-the-cluster.md', import.meta.url), 'utf8');
  assert.deepEqual([...decision.matchAll(/^\| .*\{ node_type = "cache\..*\| (\d+) \|$/gm)].map(m => Number(m[1])), figures);
});
test('extended support shows in the cost', () => assert.equal(costOf(plan([['aws_eks_cluster', { upgrade_policy: [{ support_type: 'EXTENDED' }] }]]), 'none/us-east-1').byGroup['Control plane'], 438));
test('a type without a price says where to add one', () => assert.throws(() => costOf(plan([node('x9.huge', 1)]), dev), /x9\.huge has no price.*prices\.json/));
test('a GPU node breaks the limit of development', () => {
  assert.equal(costProblems(costOf(plan([node('g4dn.xlarge', 1)]), dev)).length, 1);
  assert.equal(costProblems({ root: dev, total: developmentLimit - 1 }).length, 0);
});

const eks = version => pinned(plan([['aws_eks_cluster', { version }]]), dev);
test('a version in support passes, one that ends soon or has ended or is unknown does not', () => {
  assert.deepEqual(lifecycleProblems(eks('1.36'), '2026-11-21'), []);
  assert.match(lifecycleProblems(eks('1.36'), '2027-06-01')[0], /ends on 2027-08-02, 62 days/);
  assert.equal(lifecycleProblems(eks('1.36'), '2028-01-01').length, 1);
  assert.match(lifecycleProblems(eks('1.28'), '2026-11-21')[0], /not in testing\/data\/lifecycle/);
});
test('a dead model is found in a profile and in a policy', () => {
  const profile = pinned(plan([['aws_bedrock_inference_profile', { model_source: [{ copy_from: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0' }] }]]), dev);
  const policy = pinned(plan([['aws_iam_role_policy', { policy: '{"Resource":"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0"}' }]]), dev);
  assert.equal(lifecycleProblems([...profile, ...policy], '2026-11-21').length, 2);
});

const role = statement => ({ roles: { r: { address: 'aws_iam_role.r', trust: { Statement: [] }, policies: [{ name: 'p', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] } }], managed: [] } }, resourcePolicies: [], arnOf: new Map([['a.b', 'arn:aws:s3:::bucket']]) });
for (const [what, statement, expected] of [
  ['an action that does not exist', { Action: 's3:GetObjekt', Resource: 'arn:aws:s3:::b/*' }, /does not exist/],
  ['a wildcard action', { Action: 's3:Get*', Resource: 'arn:aws:s3:::b/*' }, /wildcard action/],
  ['every resource, where the action could name them', { Action: 's3:GetObject', Resource: '*' }, /could name them/],
  ['a condition key that does not exist', { Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', Condition: { StringEquals: { 's3:Nothing': 'x' } } }, /condition key s3:Nothing/],
  ['what is not meant', { NotAction: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }, /NotAction/],
]) test(`IAM: ${what}`, async () => assert.match((await checkStatements(role(statement)))[0], expected));
test('IAM: what is right is silent', async () => assert.deepEqual(await checkStatements(role({ Action: ['s3:GetObject', 'ecr:GetAuthorizationToken'], Resource: 'arn:aws:s3:::b/*' })), []));

const trusting = statement => ({ roles: { r: { trust: { Statement: [statement] }, policies: [], managed: [] } } });
test('trust without a source, without audience, or in everybody is found', () => {
  assert.equal(checkTrust(trusting({ Principal: { Service: 'backup.amazonaws.com' } })).length, 1);
  assert.equal(checkTrust(trusting({ Principal: { Federated: 'x' }, Condition: { StringEquals: { 'issuer:sub': 'y' } } })).length, 1);
  assert.equal(checkTrust(trusting({ Principal: '*' })).length, 1);
  assert.equal(checkTrust({ roles: { r: { trust: { Statement: [] }, policies: [], managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] } } }).length, 1);
});
test('the simulator allows what is allowed, and a wrong expectation is reported', async () => {
  const subject = role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' });
  const request = { role: 'r', action: 's3:GetObject', resource: '{a.b}/x', context: {} };
  assert.deepEqual(await runCases(subject, [{ ...request, expected: 'Allowed' }, { ...request, action: 's3:PutObject', expected: 'Denied' }]), []);
  assert.equal((await runCases(subject, [{ ...request, expected: 'Denied' }, { ...request, role: 'nobody', expected: 'Denied' }])).length, 2);
});
test('the matrix has more refusals than permissions, and no case twice', () => {
  const all = cases();
  assert.ok(all.length >= 150);
  assert.ok(all.filter(c => c.expected === 'Denied').length > all.length / 2);
  assert.equal(new Set(all.map(c => JSON.stringify(c))).size, all.length);
});

test('a switch that changes more than is written down is reported, and a destroyed store by name', () => {
  const problems = compareFlips([{ root: 'nowhere', changes: { 'aws_db_instance.x': 'delete' }, stable: true }]);
  assert.ok(problems.some(p => p.includes('aws_db_instance.x: delete')) && problems.some(p => p.includes('would be destroyed')));
});

test('each of the thirteen lint rules, and the own ones, finds its fault', async () => {
  const base = mkdtempSync(join(tmpdir(), 'nura-lint-'));
  mkdirSync(join(base, 'modules/Bad/tests'), { recursive: true });
  writeFileSync(join(base, 'modules/Bad/main.tf'), [
    '// a comment', 'resource "aws_vpc" "Bad-Name" {', '  cidr_block = "${var.a}"', '  x = aws_vpc.y.0.id', '  y = terraform.workspace', '}',
    'variable "a" {}', 'module "m" {', '  source = "git::https://example.com/x"', '}', 'locals {', '  unused = 1', '}',
  ].join('\n'));
  writeFileSync(join(base, 'modules/Bad/outputs.tf'), `output "o" {\n  value = 1\n}\n${'\n'.repeat(300)}`);
  writeFileSync(join(base, 'modules/Bad/variables.tf'), 'variable "b" {\n  type = any\n  validation {\n    condition = true\n    error_message = "bad"\n  }\n}\n');
  const found = new Set((await lint({ modules: ['modules/Bad'], roots: [] }, base)).map(f => f.rule));
  mkdirSync(join(base, 'environments/x/tests'), { recursive: true });
  writeFileSync(join(base, 'environments/x/backend.tf'), 'terraform {\n  backend "s3" {}\n}\n');
  for (const f of await lint({ modules: [], roots: ['environments/x'] }, base)) found.add(f.rule);
  rmSync(base, { recursive: true });
  assert.deepEqual(Object.keys(rules).filter(rule => !found.has(rule)), []);
});

test('every mutation still fits its file and is one of its kind', () => {
  assert.equal(new Set(mutations.map(m => m.what)).size, mutations.length);
  for (const m of mutations) assert.ok(readFileSync(new URL(`../../${m.file}`, import.meta.url), 'utf8').includes(m.find), m.what);
});
