// Answers of the data sources that our code reads.
import { account, digest, uuid } from './identities.mjs';
import { policyDocument } from './policy-document.mjs';

const cityOfRegion = { 'us-east-1': 'use1', 'eu-west-1': 'euw1' };

/** `answers[type](config, region, defaultTags)` gives the computed attributes of one data source. */
export const answers = {
  aws_availability_zones: (_, region) => ({
    id: region,
    names: ['a', 'b', 'c'].map(zone => region + zone),
    zone_ids: [1, 2, 4].map(number => `${cityOfRegion[region] ?? 'xxx1'}-az${number}`),
  }),
  aws_caller_identity: () => ({ id: account, account_id: account, arn: `arn:aws:iam::${account}:user/offline`, user_id: 'AIDAOFFLINE' }),
  aws_default_tags: (_, region, tags) => ({ id: 'default-tags', tags }),
  aws_ec2_managed_prefix_list: config => ({ id: `pl-${digest(config.name, 8)}`, arn: `arn:aws:ec2:us-east-1:aws:prefix-list/pl-${digest(config.name, 8)}` }),
  aws_iam_policy_document: config => {
    const document = policyDocument(config);
    return { id: digest(JSON.stringify(document)), json: JSON.stringify(document, null, 2), minified_json: JSON.stringify(document) };
  },
  aws_kms_alias: (config, region) => {
    const key = uuid(config.name);
    return {
      id: `arn:aws:kms:${region}:${account}:${config.name}`,
      arn: `arn:aws:kms:${region}:${account}:${config.name}`,
      target_key_id: key,
      target_key_arn: `arn:aws:kms:${region}:${account}:key/${key}`,
    };
  },
  aws_lb: (config, region) => ({
    id: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${config.name}/${digest(config.name)}`,
    arn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/${config.name}/${digest(config.name)}`,
    dns_name: `${config.name}-${digest(config.name + region, 10)}.${region}.elb.amazonaws.com`,
    zone_id: region === 'eu-west-1' ? 'Z32O12XQLNTSW2' : 'Z35SXDOTRQ7X7K',
  }),
  aws_partition: () => ({ id: 'aws', partition: 'aws', dns_suffix: 'amazonaws.com' }),
  aws_region: (_, region) => ({ id: region, name: region, endpoint: `ec2.${region}.amazonaws.com` }),
  aws_route53_zone: config => ({ id: `Z${digest(config.name, 12).toUpperCase()}`, zone_id: `Z${digest(config.name, 12).toUpperCase()}` }),
};
