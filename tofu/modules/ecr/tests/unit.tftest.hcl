# What the module makes, read from the state after an apply against the offline provider.
variables {
  repositories = ["nura-api", "nura-rag"]
  kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "immutable_and_scanned" {
  command = apply

  assert {
    condition     = alltrue([for r in aws_ecr_repository.this : r.image_tag_mutability == "IMMUTABLE" && r.image_scanning_configuration[0].scan_on_push])
    error_message = "Tags never move, images are scanned."
  }

  assert {
    condition     = length(aws_ecr_replication_configuration.this) == 0
    error_message = "No replication by default."
  }
}

run "replicated" {
  command = apply

  variables {
    replica_region = "eu-west-1"
  }

  assert {
    condition     = aws_ecr_replication_configuration.this[0].replication_configuration[0].rule[0].destination[0].region == "eu-west-1"
    error_message = "Images go to eu-west-1."
  }
}
