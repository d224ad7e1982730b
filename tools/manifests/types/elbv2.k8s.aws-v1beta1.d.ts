// The AWS Load Balancer Controller publishes no models; these are the fields of its TargetGroupBinding that we use.
export interface ITargetGroupBinding {
  apiVersion: 'elbv2.k8s.aws/v1beta1';
  kind: 'TargetGroupBinding';
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    serviceRef: { name: string; port: number | string };
    targetGroupARN: string;
    targetType?: 'instance' | 'ip';
    ipAddressType?: 'ipv4' | 'ipv6';
  };
}
