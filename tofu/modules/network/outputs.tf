output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "zones" {
  description = "Availability zones in use."
  value       = local.zones
}

output "public_subnet_ids" {
  description = "Subnets with a route to the internet gateway, for load balancers and NAT only."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "private_subnet_ids" {
  description = "Subnets of nodes and pods; the way out is NAT."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "private_subnet_cidrs" {
  description = "Ranges of the private subnets."
  value       = [for subnet in aws_subnet.private : subnet.cidr_block]
}

output "data_subnet_ids" {
  description = "Subnets of databases and caches; no way out."
  value       = [for subnet in aws_subnet.data : subnet.id]
}
