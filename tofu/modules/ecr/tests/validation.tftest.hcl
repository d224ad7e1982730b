# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  repositories = ["nura-api", "nura-rag"]
  kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "no_repositories" {
  command = plan

  variables {
    repositories = []
  }

  expect_failures = [var.repositories]
}

run "repository_upper_case" {
  command = plan

  variables {
    repositories = ["Nura"]
  }

  expect_failures = [var.repositories]
}

run "keeps_too_few" {
  command = plan

  variables {
    keep_images = 3
  }

  expect_failures = [var.keep_images]
}

run "region_unknown" {
  command = plan

  variables {
    replica_region = "Ireland"
  }

  expect_failures = [var.replica_region]
}
