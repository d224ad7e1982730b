run "small_and_complete" {
  command = apply

  assert {
    condition     = module.stack.cluster.name == "nura-dev"
    error_message = "The cluster is named after the environment."
  }

  assert {
    condition     = module.stack.cache_address == null
    error_message = "No managed cache: no service could sign in to it."
  }
}
