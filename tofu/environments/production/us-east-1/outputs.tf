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

output "embeddings_endpoint" {
  description = "SageMaker endpoint of our own embedding model, or null."
  value       = one(module.embeddings[*].name)
}
