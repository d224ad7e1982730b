output "data_key_arn" {
  description = "Key of the stores."
  value       = aws_kms_key.data.arn
}

output "data_replica_key_arn" {
  description = "The data key's replica in the other region, or null."
  value       = one(aws_kms_replica_key.data[*].arn)
}

output "logs_key_arn" {
  description = "Key of log groups and alarm topics."
  value       = aws_kms_key.logs.arn
}

output "cluster_key_arn" {
  description = "Key of Kubernetes secrets."
  value       = aws_kms_key.cluster.arn
}
