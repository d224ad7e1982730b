# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                       = "nura-test"
  image                      = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-agents@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  vpc_id                     = "vpc-1"
  subnet_ids                 = ["subnet-1", "subnet-2"]
  kms_key_arn                = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  database_security_group_id = "sg-1"
}

run "image_by_tag" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-agents:latest"
  }

  expect_failures = [var.image]
}

run "image_of_a_stranger" {
  command = plan

  variables {
    image = "docker.io/somebody/nura@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.image]
}

run "memory_too_small" {
  command = plan

  variables {
    memory_mb = 128
  }

  expect_failures = [var.memory_mb]
}

run "unbounded" {
  command = plan

  variables {
    concurrency = 1000
  }

  expect_failures = [var.concurrency]
}

run "schedule_in_words" {
  command = plan

  variables {
    reindex_schedule = "every hour"
  }

  expect_failures = [var.reindex_schedule]
}

run "prefix_with_slash" {
  command = plan

  variables {
    secrets_prefix = "nura-prod/"
  }

  expect_failures = [var.secrets_prefix]
}
