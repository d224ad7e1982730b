// Monthly cost of one root, from its plan and the usage that no plan knows.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planModel } from '../../policies/plan-model.mjs';

const data = join(dirname(fileURLToPath(import.meta.url)), '..', 'data');
const prices = JSON.parse(readFileSync(join(data, 'prices.json'), 'utf8'));
const usage = JSON.parse(readFileSync(join(data, 'usage.json'), 'utf8'));

/** Development costs less than this, in USD a month. */
export const developmentLimit = 350;

/** Lines of the table, in their order. */
export const groups = ['Control plane', 'Nodes', 'Network', 'Database', 'Cache', 'Load balancing and edge', 'Logs, keys, secrets, storage, backup', 'Own models', 'Model calls'];

const priced = (table, name, what) => {
  if (!(name in table)) throw new Error(`${what} ${name} has no price. Add it to testing/data/prices.json with its source's date.`);
  return table[name];
};
const first = list => list?.[0];
const size = list => list?.length ?? 0;

/** How each type that costs money costs it: `[group, USD a month]`. Types not named here are free or paid by use. */
const costs = {
  aws_eks_cluster: v => ['Control plane', priced(prices.eks, first(v.upgrade_policy)?.support_type ?? 'EXTENDED', 'support type') * prices.hours],
  aws_eks_node_group: (v, model) => {
    const template = model.of('aws_launch_template').find(t => t.values.id === first(v.launch_template)?.id);
    const disk = Number(first(first(template?.values.block_device_mappings)?.ebs)?.volume_size ?? 20);
    return ['Nodes', first(v.scaling_config).desired_size * (priced(prices.ec2, v.instance_types[0], 'instance type') * prices.hours + disk * prices.ebsGp3Gib)];
  },
  aws_nat_gateway: () => ['Network', prices.natGatewayHour * prices.hours],
  aws_eip: () => ['Network', prices.publicIpv4Hour * prices.hours],
  aws_vpc_endpoint: v => ['Network', v.vpc_endpoint_type === 'Interface' ? size(v.subnet_ids) * prices.interfaceEndpointHour * prices.hours : 0],
  aws_db_instance: (v, model) => {
    const halves = v.multi_az ? 2 : 1;
    const source = model.of('aws_db_instance').find(d => d.values.allocated_storage);
    const storage = v.allocated_storage ?? source?.values.allocated_storage ?? 100;
    const insights = v.database_insights_mode === 'advanced' ? 2 * prices.advancedInsightsVcpuHour * prices.hours : 0;
    return ['Database', halves * (priced(prices.rds, v.instance_class, 'database class') * prices.hours + storage * prices.rdsStorageGib) + insights];
  },
  aws_elasticache_replication_group: v => ['Cache', v.num_cache_clusters * priced(prices.cache, v.node_type, 'cache node type') * prices.hours],
  aws_lb: v => ['Load balancing and edge', prices.loadBalancerHour * prices.hours + (v.internal ? 0 : size(v.subnets) * prices.publicIpv4Hour * prices.hours)],
  aws_route53_zone: () => ['Load balancing and edge', prices.hostedZone],
  // HTTPS and the fast interval are paid apart.
  aws_route53_health_check: v => ['Load balancing and edge', prices.healthCheck + prices.healthCheckFeature * ((v.type === 'HTTPS' ? 1 : 0) + (v.request_interval === 10 ? 1 : 0))],
  aws_wafv2_web_acl: v => ['Load balancing and edge', prices.webAcl + size(v.rule) * prices.webAclRule],
  aws_kms_key: () => ['Logs, keys, secrets, storage, backup', prices.kmsKey],
  aws_kms_replica_key: () => ['Logs, keys, secrets, storage, backup', prices.kmsKey],
  aws_secretsmanager_secret: v => ['Logs, keys, secrets, storage, backup', prices.secret * (1 + size(v.replica))],
  aws_cloudwatch_metric_alarm: v => ['Logs, keys, secrets, storage, backup', prices.alarm * Math.max(1, (v.metric_query ?? []).filter(q => size(q.metric) > 0).length)],
  aws_sagemaker_endpoint_configuration: v => ['Own models', v.production_variants.reduce((sum, p) => sum + p.initial_instance_count * priced(prices.sagemaker, p.instance_type, 'endpoint instance type') * prices.hours, 0)],
};

const usageGroup = name => {
  if (/^(haiku|sonnet)/.test(name)) return 'Model calls';
  if (name === 'natGb') return 'Network';
  if (/^(lcu|cloudfront|waf)/.test(name)) return 'Load balancing and edge';
  return 'Logs, keys, secrets, storage, backup';
};

/** `{ root, byGroup, total }` in USD a month, rounded to whole dollars by group. */
export function costOf(plan, root) {
  const model = planModel(plan, { root });
  const factor = priced(prices.regionFactor, root.endsWith('eu-west-1') ? 'eu-west-1' : 'us-east-1', 'region');
  const byGroup = Object.fromEntries(groups.map(group => [group, 0]));
  for (const resource of model.all) {
    if (!costs[resource.type]) continue;
    const [group, amount] = costs[resource.type](resource.values, model);
    byGroup[group] += amount;
  }
  for (const [name, amount] of Object.entries(usage[root] ?? {})) {
    if (name === 'karpenterNodes') for (const [type, count] of Object.entries(amount)) byGroup.Nodes += count * priced(prices.ec2, type, 'instance type') * prices.hours;
    else if (name === 'karpenterDiskGib') byGroup.Nodes += amount * prices.ebsGp3Gib;
    else byGroup[usageGroup(name)] += amount * priced(prices.usage, name, 'usage');
  }
  for (const group of groups) byGroup[group] = Math.round(byGroup[group] * factor);
  return { root, byGroup, total: Object.values(byGroup).reduce((sum, amount) => sum + amount, 0) };
}

/** Problems with one root's cost. */
export const costProblems = ({ root, total }) =>
  (root.includes('/dev/') && total >= developmentLimit ? [`development costs ${total} USD a month, the limit is ${developmentLimit}`] : []);

const titles = {
  bootstrap: 'shared', 'environments/dev/us-east-1': 'development', 'environments/staging/us-east-1': 'staging',
  'environments/production/us-east-1': 'production', 'environments/production/eu-west-1': 'standby', 'environments/production/global': 'edge',
};

/** The table of docs/environment-setup.md, without lines that nobody pays for. */
export function costTable(estimates) {
  const sorted = Object.keys(titles).map(root => estimates.find(e => e.root === root));
  const row = (name, cells) => `| ${name} | ${cells.join(' | ')} |`;
  return [
    row('USD a month', sorted.map(e => titles[e.root])),
    row('---', sorted.map(() => '---:')),
    ...groups.filter(group => sorted.some(e => e.byGroup[group] > 0)).map(group => row(group, sorted.map(e => e.byGroup[group]))),
    row('**Total**', sorted.map(e => `**${e.total}**`)),
  ].join('\n');
}
