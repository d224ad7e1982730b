# What the module makes, read from the state after an apply against the offline provider.
variables {
  name = "nura-shared"
}

run "cannot_be_deleted" {
  command = apply

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this.rule[0].default_retention[0].days == 365
    error_message = "Kept for a year."
  }

  assert {
    condition     = aws_cloudtrail.this.is_multi_region_trail && aws_cloudtrail.this.enable_log_file_validation
    error_message = "All regions, validated."
  }
}
