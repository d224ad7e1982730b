output "function_arn" {
  description = "The orchestrator's function."
  value       = aws_lambda_function.this.arn
}

output "queue_url" {
  description = "Queue of work."
  value       = aws_sqs_queue.work.url
}

output "queue_arn" {
  description = "ARN of the queue of work."
  value       = aws_sqs_queue.work.arn
}

output "state_machine_arn" {
  description = "The re-indexing state machine."
  value       = aws_sfn_state_machine.reindex.arn
}

output "state_machine_definition" {
  description = "Its definition, which the tests walk through."
  value       = aws_sfn_state_machine.reindex.definition
}
