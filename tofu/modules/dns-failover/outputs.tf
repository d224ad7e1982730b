output "record_name" {
  description = "Host name that follows the serving region."
  value       = var.record_name
}

output "serving_region" {
  description = "Region that serves while it is healthy."
  value       = local.serving.region
}

output "health_check_ids" {
  description = "Health check of each region."
  value       = { for region, check in aws_route53_health_check.this : region => check.id }
}
