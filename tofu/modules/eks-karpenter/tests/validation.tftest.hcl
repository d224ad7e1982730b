# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  cluster_name  = "nura-test"
  node_role_arn = "arn:aws:iam::123456789012:role/nura-test-node"
}

run "cluster_name_invalid" {
  command = plan

  variables {
    cluster_name = "Nura Test"
  }

  expect_failures = [var.cluster_name]
}

run "role_is_a_user" {
  command = plan

  variables {
    node_role_arn = "arn:aws:iam::123456789012:user/somebody"
  }

  expect_failures = [var.node_role_arn]
}
