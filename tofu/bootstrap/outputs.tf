output "state_bucket" {
  description = "Bucket of the state files; give it to init of every other root."
  value       = module.state.bucket
}

output "name_servers" {
  description = "Name servers to delegate the domain to."
  value       = aws_route53_zone.this.name_servers
}

output "repository_urls" {
  description = "Image repositories."
  value       = module.images.repository_urls
}

output "role_arns" {
  description = "Roles of the workflows that plan and apply."
  value       = { for name, role in aws_iam_role.github : name => role.arn }
}
