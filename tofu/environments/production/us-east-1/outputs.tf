output "cluster" {
  description = "Name and endpoint of the cluster."
  value       = { name = module.stack.cluster.name, endpoint = module.stack.cluster.endpoint }
}

output "database" {
  description = "Address of PostgreSQL and the secret of its master user."
  value       = { address = module.stack.database.address, master_secret_arn = module.stack.database.master_secret_arn }
}

output "gitops_parameter" {
  description = "Parameter that the bootstrap of Argo CD reads."
  value       = module.stack.gitops_parameter
}

output "guardrail_arn" {
  description = "Guardrail of model calls."
  value       = module.bedrock.guardrail_arn
}

output "jenkins" {
  description = "File system and access point of Jenkins' home, and the role of its agents."
  value = {
    file_system_id  = module.jenkins.file_system_id
    access_point_id = module.jenkins.access_point_id
    agent_role_arn  = module.jenkins.agent_role_arn
  }
}

output "embeddings_endpoint" {
  description = "SageMaker endpoint of our own embedding model, or null."
  value       = one(module.embeddings[*].name)
}
