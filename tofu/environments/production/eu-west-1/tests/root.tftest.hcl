run "pilot_light" {
  command = apply

  assert {
    condition     = module.stack.documents.arn == "arn:aws:s3:::nura-prod-documents-123456789012-eu-west-1"
    error_message = "It reads the replicated documents."
  }

  assert {
    condition     = module.stack.database.master_secret_arn == null
    error_message = "It has no secret of its own."
  }
}

run "serving" {
  command = apply

  variables {
    dr_active = true
  }

  assert {
    condition     = module.stack.cache_address == null
    error_message = "The switch makes no managed cache: no service could sign in to it."
  }
}
