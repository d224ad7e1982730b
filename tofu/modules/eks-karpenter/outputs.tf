output "queue_name" {
  description = "Queue that Karpenter reads interruptions from."
  value       = aws_sqs_queue.interruption.name
}

output "role_arn" {
  description = "Role of the controller."
  value       = aws_iam_role.controller.arn
}
