run "state_is_replicated_and_roles_are_bound" {
  command = apply

  assert {
    condition     = module.state.replica_bucket == "nura-shared-state-123456789012-eu-west-1"
    error_message = "The state survives its region."
  }

  assert {
    condition     = jsondecode(aws_iam_role.github["plan"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:nura-example/nura:pull_request"
    error_message = "Pull requests may only plan."
  }
}

run "domain_with_scheme" {
  command = plan

  variables {
    zone_name = "https://nura.example"
  }

  expect_failures = [var.zone_name]
}

run "any_repository" {
  command = plan

  variables {
    github_repository = "*"
  }

  expect_failures = [var.github_repository]
}
