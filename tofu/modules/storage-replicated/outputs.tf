output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this["primary"].id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this["primary"].arn
}

output "replica_bucket" {
  description = "Name of the bucket in the other region, or null."
  value       = try(aws_s3_bucket.this["replica"].id, null)
}

output "replica_arn" {
  description = "ARN of the bucket in the other region, or null."
  value       = try(aws_s3_bucket.this["replica"].arn, null)
}
