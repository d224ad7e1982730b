output "guardrail_arn" {
  description = "Guardrail that model calls name."
  value       = aws_bedrock_guardrail.this.guardrail_arn
}

output "guardrail_version" {
  description = "Published version of the guardrail."
  value       = aws_bedrock_guardrail_version.this.version
}

output "profile_arns" {
  description = "Application inference profile by short name."
  value       = { for name, profile in aws_bedrock_inference_profile.this : name => profile.arn }
}

output "log_group" {
  description = "Log group of model calls, or null where another root logs them."
  value       = one(aws_cloudwatch_log_group.invocations[*].name)
}
