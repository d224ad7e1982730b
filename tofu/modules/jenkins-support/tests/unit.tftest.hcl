# What the module makes, read from the state after an apply against the offline provider.
variables {
  name                   = "nura-test"
  vpc_id                 = "vpc-1"
  subnet_ids             = ["subnet-1", "subnet-2"]
  kms_key_arn            = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  cluster_name           = "nura-test"
  node_security_group_id = "sg-1"
  repository_arns        = ["arn:aws:ecr:us-east-1:123456789012:repository/nura-api"]
}

run "home_survives_a_zone" {
  command = apply

  assert {
    condition     = length(aws_efs_mount_target.home) == 2 && aws_efs_file_system.home.encrypted
    error_message = "Mounted in every zone, encrypted."
  }

  assert {
    condition     = aws_efs_file_system.home.tags.Backup == "nura"
    error_message = "And backed up."
  }
}
