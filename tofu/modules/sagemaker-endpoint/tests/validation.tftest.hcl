# Bad input is refused before anything is planned, with a sentence that says what to do.
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

run "image_by_tag" {
  command = plan

  variables {
    model = { name = "bge-m3", image = "repository:latest", data_url = "s3://bucket/models/bge.tar.gz" }
  }

  expect_failures = [var.model]
}

run "data_not_in_s3" {
  command = plan

  variables {
    model = { name = "bge-m3", image = "repository@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", data_url = "https://example.com/bge.tar.gz" }
  }

  expect_failures = [var.model]
}

run "type_of_ec2" {
  command = plan

  variables {
    instance_type = "g4dn.xlarge"
  }

  expect_failures = [var.instance_type]
}

run "no_instances" {
  command = plan

  variables {
    instances = { min = 0, max = 0 }
  }

  expect_failures = [var.instances]
}

run "capture_above_all" {
  command = plan

  variables {
    capture_percentage = 120
  }

  expect_failures = [var.capture_percentage]
}

run "bucket_by_name" {
  command = plan

  variables {
    bucket_arn = "bucket"
  }

  expect_failures = [var.bucket_arn]
}
