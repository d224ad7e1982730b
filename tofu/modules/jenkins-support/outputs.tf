output "file_system_id" {
  description = "File system of the controller's home."
  value       = aws_efs_file_system.home.id
}

output "access_point_id" {
  description = "Access point that the volume names."
  value       = aws_efs_access_point.home.id
}

output "agent_role_arn" {
  description = "Role of the build agents."
  value       = module.agent.role_arn
}
