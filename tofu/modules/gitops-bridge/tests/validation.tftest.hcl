# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name        = "nura-test"
  environment = "development"
  facts       = { cluster_name = "nura-test" }
}

run "environment_unknown" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}

run "secret_in_facts" {
  command = plan

  variables {
    facts = { database_password = "x" }
  }

  expect_failures = [var.facts]
}

run "key_with_dash" {
  command = plan

  variables {
    facts = { "cluster-name" = "x" }
  }

  expect_failures = [var.facts]
}
