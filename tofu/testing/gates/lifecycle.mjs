// Every version that a plan pins must be supported for a while yet.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planModel } from '../../policies/plan-model.mjs';

const table = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'data', 'lifecycle.json'), 'utf8'));
const day = 24 * 60 * 60 * 1000;

/** Everything with a life that one root uses: `{ kind, version, address }`. */
export function pinned(plan, root) {
  const model = planModel(plan, { root });
  const models = text => [...text.matchAll(/foundation-model\/([a-z0-9]+\.[a-z0-9][\w.:-]*)/g)].map(m => m[1]).filter(id => !id.includes('*'));
  return [
    ...model.of('aws_eks_cluster').map(r => ({ kind: 'eks', version: r.values.version, address: r.address })),
    ...model.of('aws_db_instance').filter(r => r.values.engine === 'postgres').map(r => ({ kind: 'postgres', version: r.values.engine_version, address: r.address })),
    ...model.of('aws_elasticache_replication_group').map(r => ({ kind: 'valkey', version: r.values.engine_version, address: r.address })),
    ...model.of('aws_eks_node_group').map(r => ({ kind: 'nodeImage', version: r.values.ami_type.split('_')[0], address: r.address })),
    ...model.of('aws_bedrock_inference_profile').map(r => ({ kind: 'model', version: r.values.model_source[0].copy_from.split('/').pop().replace(/^(us|eu|global)\./, ''), address: r.address })),
    ...model.of('aws_iam_role_policy').flatMap(r => models(r.values.policy).map(version => ({ kind: 'model', version, address: r.address }))),
  ];
}

/** What is unknown, over, or ends within the margin after `asOf`. */
export function lifecycleProblems(items, asOf = table.asOf) {
  return items.flatMap(({ kind, version, address }) => {
    if (!(version in (table[kind] ?? {}))) return [`${address}: ${kind} ${version} is not in testing/data/lifecycle.json`];
    const end = table[kind][version];
    if (end === null) return [];
    const left = Math.floor((Date.parse(end) - Date.parse(asOf)) / day);
    return left > table.marginDays ? [] : [`${address}: ${kind} ${version} ends on ${end}, ${left} days after ${asOf}; at least ${table.marginDays + 1} are needed`];
  });
}
