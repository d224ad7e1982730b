import { each, list, whole } from './rule.mjs';

const everywhere = ['0.0.0.0/0', '::/0'];
const open = values => everywhere.includes(values.cidr_ipv4) || everywhere.includes(values.cidr_ipv6);
const ingress = 'aws_vpc_security_group_ingress_rule';
const egress = 'aws_vpc_security_group_egress_rule';

export default [
  each('NURA-NET-01', ingress, 'Nothing is open to the whole internet', 'CKV_AWS_24, CKV_AWS_25, CKV_AWS_260', v => !open(v)),
  each('NURA-NET-02', ingress, 'Ingress comes from groups, prefix lists or ranges of at most /16', 'CKV_AWS_24', v => !v.cidr_ipv4 || Number(v.cidr_ipv4.split('/')[1]) >= 16),
  each('NURA-NET-03', egress, 'Egress to the internet is HTTPS only', 'CKV_AWS_382', v => !open(v) || (v.ip_protocol === 'tcp' && v.from_port === 443 && v.to_port === 443)),
  each('NURA-NET-04', [ingress, egress], 'Rules name protocol and ports', 'CKV_AWS_277', v => v.ip_protocol !== '-1' && v.from_port !== null && v.to_port - v.from_port <= 0),
  each('NURA-NET-05', [ingress, egress, 'aws_security_group'], 'Groups and rules say what they are for', 'CKV_AWS_23', v => Boolean(v.description) && v.description !== 'Managed by Terraform'),
  each('NURA-NET-06', 'aws_security_group', 'Rules are resources of their own, not inline', 'CKV2_AWS_5', v => list(v.ingress).length + list(v.egress).length === 0),
  whole('NURA-NET-07', 'The default group of every VPC is closed', 'CKV2_AWS_12', m => m.of('aws_vpc').filter(vpc =>
    !m.of('aws_default_security_group').some(g => g.values.vpc_id === vpc.values.id && list(g.values.ingress).length + list(g.values.egress).length === 0)).map(r => r.address), m => m.of('aws_vpc').length),
  each('NURA-NET-08', 'aws_subnet', 'Subnets hand out no public addresses', 'CKV_AWS_130', v => v.map_public_ip_on_launch !== true),
  whole('NURA-NET-09', 'Every VPC logs all its flows', 'CKV2_AWS_11', m => m.of('aws_vpc').filter(vpc =>
    !m.of('aws_flow_log').some(log => log.values.vpc_id === vpc.values.id && log.values.traffic_type === 'ALL')).map(r => r.address), m => m.of('aws_vpc').length),
  whole('NURA-NET-10', 'Databases and caches have no way out', 'own', m => {
    const withWayOut = new Set(m.of('aws_route').map(r => r.values.route_table_id));
    const subnets = new Set([...m.of('aws_db_subnet_group'), ...m.of('aws_elasticache_subnet_group')].flatMap(g => list(g.values.subnet_ids)));
    return m.of('aws_route_table_association').filter(a => subnets.has(a.values.subnet_id) && withWayOut.has(a.values.route_table_id)).map(a => a.address);
  }, m => m.of('aws_db_subnet_group').length),
  each('NURA-NET-11', 'aws_network_acl_rule', 'Network ACLs admit named ranges only', 'CKV_AWS_352', v => v.rule_action !== 'allow' || !everywhere.includes(v.cidr_block)),
  whole('NURA-NET-12', 'Production has a NAT gateway in each zone', 'own', m => (m.production && !m.standby && m.of('aws_vpc').length && m.of('aws_nat_gateway').length < 3 ? ['aws_nat_gateway'] : [])),
];
