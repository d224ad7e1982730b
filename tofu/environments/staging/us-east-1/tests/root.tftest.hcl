run "rehearses_production" {
  command = apply

  assert {
    condition     = module.stack.cluster.name == "nura-staging"
    error_message = "The cluster is named after the environment."
  }
}
