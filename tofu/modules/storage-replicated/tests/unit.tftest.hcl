# What the module makes, read from the state after an apply against the offline provider.
variables {
  name        = "nura-test"
  purpose     = "documents"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "alone" {
  command = apply

  assert {
    condition     = length(aws_s3_bucket.this) == 1 && length(aws_s3_bucket_replication_configuration.this) == 0
    error_message = "One bucket, no replication."
  }

  assert {
    condition     = output.bucket == "nura-test-documents-123456789012-us-east-1"
    error_message = "The name can be foretold."
  }
}

run "with_a_twin" {
  command = apply

  variables {
    replica = { region = "eu-west-1", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/33333333-3333-3333-3333-333333333333" }
  }

  assert {
    condition     = alltrue([for v in aws_s3_bucket_versioning.this : v.versioning_configuration[0].status == "Enabled"]) && length(aws_s3_bucket_versioning.this) == 2
    error_message = "Replication needs versions on both sides."
  }

  assert {
    condition     = aws_iam_role.replication[0].permissions_boundary == "arn:aws:iam::123456789012:policy/nura-boundary"
    error_message = "Its role stays within the boundary."
  }

  assert {
    condition     = output.replica_bucket == "nura-test-documents-123456789012-eu-west-1"
    error_message = "The twin carries its own region."
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this[0].rule[0].source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled"
    error_message = "Encrypted objects travel too."
  }
}

run "s3_keys_for_access_logs" {
  command = apply

  variables {
    kms_key_arn = null
    expire_days = 90
    log_writers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this["primary"].rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Load balancers cannot use our keys."
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this["primary"].rule) == 2
    error_message = "Objects expire."
  }
}

run "plain_http_is_refused" {
  command = apply

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this["primary"].policy).Statement[0].Effect == "Deny"
    error_message = "TLS only."
  }
}
