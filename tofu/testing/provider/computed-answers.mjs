// Attributes whose value has a form that other code depends on (a URL, base64, a record to create).

export const answers = {
  any: {
    id: o => o.id,
    arn: o => o.arn,
    region: o => o.region,
    owner_id: o => o.account,
    account_id: o => o.account,
  },
  aws_acm_certificate: {
    domain_validation_options: o => [{
      domain_name: o.domain_name,
      resource_record_name: `_${o.hash}.${o.domain_name}.`,
      resource_record_type: 'CNAME',
      resource_record_value: `_${o.hash}.acm-validations.aws.`,
    }],
  },
  aws_cloudfront_distribution: {
    domain_name: o => `${o.hash}.cloudfront.net`,
    hosted_zone_id: () => 'Z2FDTNDATAQYW2',
  },
  aws_db_instance: {
    address: o => `${o.identifier}.${o.hash}.${o.region}.rds.amazonaws.com`,
    endpoint: o => `${o.identifier}.${o.hash}.${o.region}.rds.amazonaws.com:5432`,
    resource_id: o => `db-${o.hash.toUpperCase()}`,
  },
  aws_ecr_repository: {
    repository_url: o => `${o.account}.dkr.ecr.${o.region}.amazonaws.com/${o.name}`,
    registry_id: o => o.account,
  },
  aws_eks_cluster: {
    certificate_authority: () => [{ data: Buffer.from('offline certificate authority').toString('base64') }],
    cluster_security_group_id: o => `sg-${o.hash}00000`,
    vpc_id: o => `vpc-${o.hash}00000`,
    endpoint: o => `https://${o.hash.toUpperCase()}.gr7.${o.region}.eks.amazonaws.com`,
    identity: o => [{ oidc: [{ issuer: `https://oidc.eks.${o.region}.amazonaws.com/id/${o.hash.toUpperCase()}` }] }],
  },
  aws_elasticache_replication_group: {
    primary_endpoint_address: o => `master.${o.replication_group_id}.${o.hash.slice(0, 6)}.use1.cache.amazonaws.com`,
    reader_endpoint_address: o => `replica.${o.replication_group_id}.${o.hash.slice(0, 6)}.use1.cache.amazonaws.com`,
  },
  aws_kms_key: { key_id: o => o.id },
  aws_kms_replica_key: { key_id: o => o.id },
  aws_launch_template: { latest_version: () => 1, default_version: () => 1 },
  aws_lb: {
    dns_name: o => `${o.name}-${o.hash.slice(0, 10)}.${o.region}.elb.amazonaws.com`,
    zone_id: () => 'Z35SXDOTRQ7X7K',
    arn_suffix: o => `app/${o.name}/${o.hash}`,
  },
  aws_lb_target_group: { arn_suffix: o => `targetgroup/${o.name}/${o.hash}` },
  aws_route53_zone: {
    zone_id: o => o.id,
    name_servers: () => ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.net'],
  },
  aws_s3_bucket: {
    bucket_domain_name: o => `${o.bucket}.s3.amazonaws.com`,
    bucket_regional_domain_name: o => `${o.bucket}.s3.${o.region}.amazonaws.com`,
  },
  aws_sqs_queue: { url: o => o.id },
  aws_vpc_endpoint: { prefix_list_id: o => `pl-${o.hash}` },
};
