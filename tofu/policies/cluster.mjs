import { each, first, isKey, list, whole } from './rule.mjs';

const planes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];
const cluster = 'aws_eks_cluster';

export default [
  each('NURA-EKS-01', cluster, 'All five control plane logs are on', 'CKV_AWS_37', v => planes.every(p => list(v.enabled_cluster_log_types).includes(p))),
  each('NURA-EKS-02', cluster, 'The API server is private or open to named ranges', 'CKV_AWS_38, CKV_AWS_39', v => {
    const config = first(v.vpc_config);
    return config.endpoint_private_access === true && (config.endpoint_public_access !== true || (list(config.public_access_cidrs).length > 0 && list(config.public_access_cidrs).every(c => Number(c.split('/')[1]) >= 16)));
  }),
  each('NURA-EKS-03', cluster, 'Kubernetes secrets are encrypted with our key', 'CKV_AWS_58', v => list(first(v.encryption_config)?.resources).includes('secrets') && isKey(first(first(v.encryption_config)?.provider)?.key_arn)),
  each('NURA-EKS-04', cluster, 'Access is by access entries only', 'own', v => first(v.access_config)?.authentication_mode === 'API'),
  each('NURA-EKS-05', cluster, 'The creator is no hidden administrator', 'own', v => first(v.access_config)?.bootstrap_cluster_creator_admin_permissions === false),
  each('NURA-EKS-06', cluster, 'Extended support is never paid for', 'own', v => first(v.upgrade_policy)?.support_type === 'STANDARD'),
  each('NURA-EKS-07', cluster, 'Clusters of staging and production refuse deletion', 'own', v => v.deletion_protection === true, { when: m => m.guarded }),
  each('NURA-EKS-08', 'aws_launch_template', 'Instance metadata needs a token and stops at the node', 'CKV_AWS_79, CKV_AWS_341', v => first(v.metadata_options)?.http_tokens === 'required' && first(v.metadata_options)?.http_put_response_hop_limit === 1),
  each('NURA-EKS-09', 'aws_launch_template', 'Node volumes are encrypted gp3', 'CKV_AWS_8', v => list(v.block_device_mappings).length > 0 && v.block_device_mappings.every(d => ['true', true].includes(first(d.ebs)?.encrypted) && first(d.ebs)?.volume_type === 'gp3')),
  each('NURA-EKS-10', 'aws_eks_node_group', 'Nobody logs in to nodes by SSH', 'CKV_AWS_100', v => list(v.remote_access).length === 0),
  each('NURA-EKS-11', 'aws_eks_node_group', 'Nodes run Amazon Linux 2023 or Bottlerocket', 'own', v => /^(AL2023|BOTTLEROCKET)_/.test(v.ami_type ?? '')),
  each('NURA-EKS-12', 'aws_eks_node_group', 'System nodes come in twos at least', 'own', v => first(v.scaling_config)?.min_size >= 2),
  each('NURA-EKS-13', 'aws_eks_node_group', 'No GPU stands idle in a managed group', 'own', v => list(v.instance_types).every(t => !/^(g|p)\d/.test(t))),
  whole('NURA-EKS-14', 'Add-ons include networking, identities and storage', 'own', m => (m.of(cluster).length === 0 ? [] :
    ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent', 'aws-ebs-csi-driver'].filter(a => !m.where('aws_eks_addon', 'addon_name', a).length).map(a => `aws_eks_addon ${a}`)), m => m.of(cluster).length),
  each('NURA-EKS-15', 'aws_eks_access_policy_association', 'Cluster-wide access is for named administrators and viewers', 'own', v => /AmazonEKS(ClusterAdmin|View)Policy$/.test(v.policy_arn)),
];
