# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name             = "nura-test"
  kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  profiles         = { main = "us.anthropic.claude-sonnet-4-6" }
}

run "bare_model_id" {
  command = plan

  variables {
    profiles = { main = "anthropic.claude-3-sonnet-20240229-v1:0" }
  }

  expect_failures = [var.profiles]
}

run "key_is_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/nura"
  }

  expect_failures = [var.kms_key_arn]
}
