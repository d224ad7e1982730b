# What the module makes, read from the state after an apply against the offline provider.
variables {
  cluster_name  = "nura-test"
  node_role_arn = "arn:aws:iam::123456789012:role/nura-test-node"
}

run "ends_only_what_it_tagged" {
  command = apply

  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_role_policy.controller.policy).Statement : try(s.Condition.StringEquals["aws:ResourceTag/kubernetes.io/cluster/nura-test"], null) == "owned" if contains(flatten([s.Action]), "ec2:TerminateInstances")])
    error_message = "Ending instances hangs on the tag."
  }
}

run "hears_of_interruptions" {
  command = apply

  assert {
    condition     = length(aws_cloudwatch_event_target.interruption) == 5
    error_message = "All five kinds of events arrive."
  }

  assert {
    condition     = aws_sqs_queue.interruption.message_retention_seconds == 300
    error_message = "Old warnings are worthless."
  }
}
