# What the module makes, read from the state after an apply against the offline provider.
variables {
  name             = "nura-test"
  subnet_ids       = ["subnet-1", "subnet-2"]
  kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  node_group       = { instance_types = ["t4g.large"], min_size = 2, max_size = 4, desired_size = 2 }
  admin_role_arns  = { platform = "arn:aws:iam::123456789012:role/admin" }
}

run "private_by_default" {
  command = apply

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access == false
    error_message = "Without ranges the endpoint is private."
  }

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "Extended support is refused."
  }
}

run "offices_may_reach_it" {
  command = apply

  variables {
    public_access_cidrs = ["198.51.100.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && tolist(aws_eks_cluster.this.vpc_config[0].public_access_cidrs) == tolist(["198.51.100.0/24"])
    error_message = "Only the named range reaches it."
  }
}

run "people_by_access_entries" {
  command = apply

  variables {
    viewer_role_arns = { team = "arn:aws:iam::123456789012:role/team" }
  }

  assert {
    condition     = endswith(aws_eks_access_policy_association.people["admin-platform"].policy_arn, "/AmazonEKSClusterAdminPolicy")
    error_message = "Administrators administer."
  }

  assert {
    condition     = endswith(aws_eks_access_policy_association.people["viewer-team"].policy_arn, "/AmazonEKSViewPolicy")
    error_message = "Viewers view."
  }
}

run "nodes_are_hardened" {
  command = apply

  assert {
    condition     = aws_launch_template.nodes.metadata_options[0].http_tokens == "required" && aws_launch_template.nodes.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "IMDSv2, one hop."
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "AL2023_ARM_64_STANDARD"
    error_message = "Amazon Linux 2023 on Graviton."
  }
}

run "network_policies_are_enforced" {
  command = apply

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "The CNI enforces network policies."
  }
}

run "issuer_without_scheme" {
  command = apply

  assert {
    condition     = startswith(output.oidc_issuer, "oidc.eks.us-east-1.amazonaws.com/id/")
    error_message = "IRSA conditions need the issuer without https://."
  }
}
