output "parameter_name" {
  description = "Parameter that holds the facts."
  value       = aws_ssm_parameter.this.name
}

output "parameter_arn" {
  description = "ARN of the parameter."
  value       = aws_ssm_parameter.this.arn
}
