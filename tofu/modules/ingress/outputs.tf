output "target_group_arn" {
  description = "Target group for the TargetGroupBinding of the API."
  value       = aws_lb_target_group.api.arn
}

output "load_balancer_arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "load_balancer_name" {
  description = "Name of the load balancer, by which the global root finds it."
  value       = aws_lb.this.name
}

output "load_balancer_suffix" {
  description = "Suffix of its ARN, the dimension of its metrics."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "Host name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of that name, for alias records."
  value       = aws_lb.this.zone_id
}
