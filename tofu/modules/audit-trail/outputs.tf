output "trail_arn" {
  description = "The trail."
  value       = aws_cloudtrail.this.arn
}

output "bucket" {
  description = "Bucket of the trail."
  value       = aws_s3_bucket.this.id
}
