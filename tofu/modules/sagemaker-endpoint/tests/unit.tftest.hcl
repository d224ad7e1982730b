# What the module makes, read from the state after an apply against the offline provider.
variables {
  name          = "nura-test"
  model         = { name = "bge-m3", image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-embeddings@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", data_url = "s3://bucket/models/bge.tar.gz" }
  instance_type = "ml.g4dn.xlarge"
  instances     = { min = 1, max = 2 }
  vpc_id        = "vpc-1"
  subnet_ids    = ["subnet-1", "subnet-2"]
  kms_key_arn   = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  bucket_arn    = "arn:aws:s3:::bucket"
}

run "isolated_and_scaled" {
  command = apply

  assert {
    condition     = aws_sagemaker_model.this.enable_network_isolation
    error_message = "The container has no network."
  }

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 1 && aws_appautoscaling_target.this.max_capacity == 2
    error_message = "It scales between the bounds."
  }

  assert {
    condition     = aws_sagemaker_endpoint.this.deployment_config[0].auto_rollback_configuration[0].alarms != null
    error_message = "An alarm rolls back."
  }
}

run "captures_on_request" {
  command = apply

  variables {
    capture_percentage = 5
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this.data_capture_config[0].initial_sampling_percentage == 5
    error_message = "Five of a hundred are kept."
  }
}

run "own_disks_take_no_key" {
  command = apply

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this.kms_key_arn == null
    error_message = "SageMaker refuses a key for g4dn, whose disks encrypt themselves."
  }
}

run "other_disks_take_ours" {
  command = apply

  variables {
    instance_type = "ml.m7g.large"
  }

  assert {
    condition     = aws_sagemaker_endpoint_configuration.this.kms_key_arn == var.kms_key_arn
    error_message = "Network storage is encrypted with our key."
  }
}
