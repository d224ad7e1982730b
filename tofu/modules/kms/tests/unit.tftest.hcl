# What the module makes, read from the state after an apply against the offline provider.
variables {
  name = "nura-test"
}

run "keys_rotate" {
  command = apply

  assert {
    condition     = aws_kms_key.data.enable_key_rotation && aws_kms_key.logs.enable_key_rotation && aws_kms_key.cluster.enable_key_rotation
    error_message = "All keys rotate."
  }

  assert {
    condition     = output.data_replica_key_arn == null
    error_message = "Without a region there is no replica."
  }
}

run "replica_in_the_other_region" {
  command = apply

  variables {
    replica_region = "eu-west-1"
  }

  assert {
    condition     = startswith(output.data_replica_key_arn, "arn:aws:kms:eu-west-1:")
    error_message = "The replica lives in eu-west-1."
  }

  assert {
    condition     = split("/", output.data_replica_key_arn)[1] == split("/", output.data_key_arn)[1]
    error_message = "Both halves of a multi-region key have the same id."
  }

  assert {
    condition     = aws_kms_alias.data_replica[0].region == "eu-west-1"
    error_message = "Its alias too."
  }
}

run "logs_key_serves_this_region_only" {
  command = apply

  assert {
    condition     = strcontains(aws_kms_key.logs.policy, "logs.us-east-1.amazonaws.com")
    error_message = "The key admits CloudWatch Logs of the region."
  }
}
