output "serving_region" {
  description = "Region that gets the traffic while it is healthy."
  value       = module.failover.serving_region
}

output "distribution_id" {
  description = "CloudFront distribution, for invalidations."
  value       = module.edge.distribution_id
}
