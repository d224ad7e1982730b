import { all, each, first, list, whole } from './rule.mjs';

const distribution = 'aws_cloudfront_distribution';
const behaviours = v => [...list(v.default_cache_behavior), ...list(v.ordered_cache_behavior)];

export default [
  each('NURA-EDGE-01', distribution, 'A firewall stands in front', 'CKV_AWS_68', (v, m) => m.of('aws_wafv2_web_acl').some(acl => acl.values.arn === v.web_acl_id)),
  each('NURA-EDGE-02', distribution, 'Viewers need TLS 1.2 or better', 'CKV_AWS_174', v => /^TLSv1\.[23]_20(21|25)$/.test(first(v.viewer_certificate)?.minimum_protocol_version ?? '')),
  each('NURA-EDGE-03', distribution, 'Plain HTTP is redirected', 'CKV_AWS_34', v => all(behaviours(v), b => ['redirect-to-https', 'https-only'].includes(b.viewer_protocol_policy))),
  each('NURA-EDGE-04', distribution, 'The origin is reached over TLS 1.2 only', 'CKV_AWS_34', v => all(v.origin, o => first(o.custom_origin_config)?.origin_protocol_policy === 'https-only' && list(first(o.custom_origin_config)?.origin_ssl_protocols).every(p => p === 'TLSv1.2'))),
  each('NURA-EDGE-05', distribution, 'Requests are logged', 'CKV_AWS_86', (v, m) => m.of('aws_cloudwatch_log_delivery_source').some(s => s.values.resource_arn === v.arn)),
  each('NURA-EDGE-06', distribution, 'Answers carry security headers', 'CKV_AWS_259', v => all(behaviours(v), b => Boolean(b.response_headers_policy_id))),
  each('NURA-EDGE-07', 'aws_wafv2_web_acl', 'The firewall limits rates and knows bad inputs', 'CKV_AWS_192', v => {
    const text = JSON.stringify(v.rule);
    return text.includes('AWSManagedRulesKnownBadInputsRuleSet') && list(v.rule).some(r => list(first(r.statement)?.rate_based_statement).length > 0 && list(first(r.action)?.block).length > 0);
  }),
  each('NURA-EDGE-08', 'aws_wafv2_web_acl', 'Priorities of firewall rules differ', 'own', v => new Set(list(v.rule).map(r => r.priority)).size === list(v.rule).length),
  each('NURA-EDGE-09', 'aws_wafv2_web_acl', 'No managed group is switched off by counting', 'own', v => list(v.rule).every(r => list(first(r.override_action)?.count).length === 0)),
  whole('NURA-EDGE-10', 'The firewall logs, without credentials', 'CKV2_AWS_31', m => m.of('aws_wafv2_web_acl').filter(acl => {
    const log = m.of('aws_wafv2_web_acl_logging_configuration').find(l => l.values.resource_arn === acl.values.arn);
    const redacted = list(log?.values.redacted_fields).map(f => first(f.single_header)?.name);
    return !redacted.includes('authorization') || !redacted.includes('cookie');
  }).map(r => r.address), m => m.of('aws_wafv2_web_acl').length),
  each('NURA-LB-01', 'aws_lb', 'Broken headers are dropped', 'CKV_AWS_131', v => v.drop_invalid_header_fields === true),
  each('NURA-LB-02', 'aws_lb', 'Requests are logged', 'CKV_AWS_91', v => first(v.access_logs)?.enabled === true),
  each('NURA-LB-03', 'aws_lb', 'Load balancers of staging and production refuse deletion', 'CKV_AWS_150', v => v.enable_deletion_protection === true, { when: m => m.guarded }),
  each('NURA-LB-04', 'aws_lb_listener', 'Listeners speak TLS 1.3 or 1.2', 'CKV_AWS_2, CKV_AWS_103', v => v.protocol === 'HTTPS' && /TLS13/.test(v.ssl_policy ?? '')),
  each('NURA-LB-05', 'aws_lb_target_group', 'Targets prove that they are ready', 'CKV_AWS_261', v => first(v.health_check)?.path === '/ready'),
  whole('NURA-DNS-01', 'Failover records come in pairs, each with its health check', 'own', m => {
    const records = m.of('aws_route53_record').filter(r => list(r.values.failover_routing_policy).length > 0);
    const roles = records.map(r => first(r.values.failover_routing_policy).type).sort().join();
    const bare = records.filter(r => !r.values.health_check_id).map(r => r.address);
    return records.length > 0 && roles !== 'PRIMARY,SECONDARY' ? ['aws_route53_record failover pair', ...bare] : bare;
  }),
  each('NURA-DNS-02', 'aws_route53_health_check', 'Health checks ask over HTTPS every 10 seconds', 'own', v => v.type === 'HTTPS' && v.request_interval === 10),
];
