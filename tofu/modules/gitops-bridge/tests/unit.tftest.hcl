# What the module makes, read from the state after an apply against the offline provider.
variables {
  name        = "nura-test"
  environment = "development"
  facts       = { cluster_name = "nura-test" }
}

run "facts_become_annotations" {
  command = apply

  assert {
    condition     = jsondecode(aws_ssm_parameter.this.value).annotations["nura.dev/cluster-name"] == "nura-test"
    error_message = "Keys become annotations."
  }

  assert {
    condition     = aws_ssm_parameter.this.name == "/nura-test/us-east-1/gitops-bridge"
    error_message = "The name can be foretold."
  }
}
