# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  role_name       = "nura-test-rag"
  cluster_name    = "nura-test"
  namespace       = "nura-test"
  service_account = "nura-rag"
  policy_json     = "{\"Statement\":[]}"
}

run "any_namespace" {
  command = plan

  variables {
    namespace = "*"
  }

  expect_failures = [var.namespace]
}

run "any_service_account" {
  command = plan

  variables {
    service_account = "nura-*"
  }

  expect_failures = [var.service_account]
}

run "policy_not_json" {
  command = plan

  variables {
    policy_json = "allow everything"
  }

  expect_failures = [var.policy_json]
}

run "mode_unknown" {
  command = plan

  variables {
    mode = "kube2iam"
  }

  expect_failures = [var.mode]
}

run "irsa_without_provider" {
  command = plan

  variables {
    mode = "irsa"
  }

  expect_failures = [var.mode]
}

run "role_name_too_long" {
  command = plan

  variables {
    role_name = "nura-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  }

  expect_failures = [var.role_name]
}
