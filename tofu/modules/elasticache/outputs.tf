output "address" {
  description = "Host name of the primary; follows it on failover."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "reader_address" {
  description = "Host name that spreads over the replicas."
  value       = aws_elasticache_replication_group.this.reader_endpoint_address
}

output "arn" {
  description = "ARN of the replication group."
  value       = aws_elasticache_replication_group.this.arn
}

output "node_ids" {
  description = "Ids of the nodes as ElastiCache numbers them, for alarms."
  value       = [for number in range(1, var.node_count + 1) : format("%s-%03d", aws_elasticache_replication_group.this.replication_group_id, number)]
}

output "user_arn" {
  description = "User that services sign in as with their IAM role."
  value       = aws_elasticache_user.services.arn
}

output "user_name" {
  description = "Name of that user."
  value       = aws_elasticache_user.services.user_name
}
