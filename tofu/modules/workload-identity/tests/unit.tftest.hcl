# What the module makes, read from the state after an apply against the offline provider.
variables {
  role_name       = "nura-test-rag"
  cluster_name    = "nura-test"
  namespace       = "nura-test"
  service_account = "nura-rag"
  policy_json     = "{\"Statement\":[]}"
}

run "pod_identity_is_bound" {
  command = apply

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["aws:RequestTag/kubernetes-service-account"] == "nura-rag"
    error_message = "Trust names the service account."
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 1
    error_message = "The association exists."
  }

  assert {
    condition     = aws_iam_role.this.name == "nura-test-rag-us-east-1"
    error_message = "The name carries the region."
  }
}

run "irsa_checks_sub_and_aud" {
  command = apply

  variables {
    mode              = "irsa"
    oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/1"
    oidc_issuer       = "oidc.example/id/1"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["oidc.example/id/1:sub"] == "system:serviceaccount:nura-test:nura-rag"
    error_message = "sub is checked."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["oidc.example/id/1:aud"] == "sts.amazonaws.com"
    error_message = "aud is checked."
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 0
    error_message = "No association beside it."
  }
}
