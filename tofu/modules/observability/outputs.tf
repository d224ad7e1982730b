output "alarm_topic_arn" {
  description = "Topic of all alarms."
  value       = aws_sns_topic.alarms.arn
}

output "application_log_group" {
  description = "Log group of the services."
  value       = aws_cloudwatch_log_group.application.name
}

output "log_group_arns" {
  description = "Log groups that the log shipper writes to."
  value       = [aws_cloudwatch_log_group.application.arn, aws_cloudwatch_log_group.platform.arn]
}
