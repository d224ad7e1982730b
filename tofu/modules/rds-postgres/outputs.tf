output "identifier" {
  description = "Identifier of the instance."
  value       = aws_db_instance.this.identifier
}

output "max_connections" {
  description = "Connections that the instance permits."
  value       = local.max_connections
}

output "arn" {
  description = "ARN of the instance."
  value       = aws_db_instance.this.arn
}

output "address" {
  description = "Host name of the instance, primary or following."
  value       = aws_db_instance.this.address
}

output "replica_addresses" {
  description = "Host names of the read replicas."
  value       = aws_db_instance.replica[*].address
}

output "master_secret_arn" {
  description = "Secret with the master password; null on a cross-region replica, which has the source's."
  value       = one(aws_secretsmanager_secret.master[*].arn)
}
