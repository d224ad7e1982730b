# What the module makes, read from the state after an apply against the offline provider.
variables {
  name             = "nura-test"
  kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  profiles         = { main = "us.anthropic.claude-sonnet-4-6" }
}

run "prompts_are_not_logged" {
  command = apply

  assert {
    condition     = aws_bedrock_model_invocation_logging_configuration.this[0].logging_config[0].text_data_delivery_enabled == false
    error_message = "Prompts hold source code."
  }
}

run "prompts_are_logged_on_request" {
  command = apply

  variables {
    log_bodies           = true
    large_payload_bucket = "bucket"
  }

  assert {
    condition     = aws_bedrock_model_invocation_logging_configuration.this[0].logging_config[0].cloudwatch_config[0].large_data_delivery_s3_config[0].bucket_name == "bucket"
    error_message = "Large bodies go to the bucket."
  }
}

run "another_root_logs" {
  command = apply

  variables {
    invocation_logging = false
  }

  assert {
    condition     = length(aws_bedrock_model_invocation_logging_configuration.this) == 0 && output.log_group == null
    error_message = "Nothing is configured twice."
  }
}

run "profiles_copy_cross_region_ones" {
  command = apply

  assert {
    condition     = endswith(aws_bedrock_inference_profile.this["main"].model_source[0].copy_from, ":inference-profile/us.anthropic.claude-sonnet-4-6")
    error_message = "The source is a cross-region profile."
  }
}
