# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name                   = "nura-test"
  vpc_id                 = "vpc-1"
  subnet_ids             = ["subnet-1", "subnet-2"]
  kms_key_arn            = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  cluster_name           = "nura-test"
  node_security_group_id = "sg-1"
  repository_arns        = ["arn:aws:ecr:us-east-1:123456789012:repository/nura-api"]
}

run "any_repository" {
  command = plan

  variables {
    repository_arns = ["arn:aws:ecr:us-east-1:123456789012:repository/*"]
  }

  expect_failures = [var.repository_arns]
}

run "one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}
