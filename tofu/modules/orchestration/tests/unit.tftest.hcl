# What the module makes, read from the state after an apply against the offline provider.
variables {
  name                       = "nura-test"
  image                      = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-agents@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  vpc_id                     = "vpc-1"
  subnet_ids                 = ["subnet-1", "subnet-2"]
  kms_key_arn                = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  logs_kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
  database_security_group_id = "sg-1"
}

run "bounded_and_patient" {
  command = apply

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 10
    error_message = "Runs are bounded."
  }

  assert {
    condition     = aws_sqs_queue.work.visibility_timeout_seconds == 6 * aws_lambda_function.this.timeout
    error_message = "Messages stay hidden six times the timeout."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.work.redrive_policy).maxReceiveCount == 5
    error_message = "What fails five times is put aside."
  }
}

run "every_task_retries_and_catches" {
  command = apply

  assert {
    condition     = alltrue([for s in values(jsondecode(aws_sfn_state_machine.reindex.definition).States) : length(try(s.Retry, [])) > 0 && length(try(s.Catch, [])) > 0 if s.Type == "Task"])
    error_message = "No task fails without a plan."
  }
}

run "network_rights_are_not_the_codes" {
  command = apply

  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s.Condition.Null["lambda:SourceFunctionArn"] if s.Sid == "JoinVpc"] == ["true"]
    error_message = "Only Lambda itself may make interfaces."
  }
}

run "standby_reads_the_primarys_secret" {
  command = apply

  variables {
    secrets_prefix = "nura-prod"
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables.NURA__DATABASE__SECRET == "nura-prod/postgres/master"
    error_message = "The secret carries the primary's name."
  }
}
