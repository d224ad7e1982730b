run "replicates_to_the_other_region" {
  command = apply

  assert {
    condition     = module.stack.documents.replica_arn == "arn:aws:s3:::nura-prod-documents-123456789012-eu-west-1"
    error_message = "Documents are replicated."
  }

  assert {
    condition     = startswith(module.stack.keys.data_replica, "arn:aws:kms:eu-west-1:")
    error_message = "So is their key."
  }

  assert {
    condition     = length(module.stack.database.replica_addresses) == 1
    error_message = "One read replica."
  }

  assert {
    condition     = module.stack.cache_address == null
    error_message = "No managed cache: no service could sign in to it."
  }
}

run "without_own_embeddings" {
  command = plan

  variables {
    embedding_model = null
  }

  assert {
    condition     = length(module.embeddings) == 0
    error_message = "No endpoint is paid for."
  }
}
