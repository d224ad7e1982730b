resource "aws_security_group" "this" {
  name        = "${var.name}-api"
  description = "HTTPS from ranges that are named, on to the pods"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-api" }
}

data "aws_ec2_managed_prefix_list" "admitted" {
  for_each = var.behind_cloudfront ? {
    cloudfront   = "com.amazonaws.global.cloudfront.origin-facing"
    healthchecks = "com.amazonaws.${data.aws_region.current.region}.route53-healthchecks"
  } : {}

  name = each.value
}

# Of the 60 rules that a group may have, AWS counts 55 for CloudFront's list and 25 for the health checkers': a group for each.
resource "aws_security_group" "managed" {
  for_each = data.aws_ec2_managed_prefix_list.admitted

  name        = "${var.name}-api-${each.key}"
  description = "HTTPS from ${each.key}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-api-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "managed" {
  for_each = data.aws_ec2_managed_prefix_list.admitted

  security_group_id = aws_security_group.managed[each.key].id
  description       = "HTTPS from ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = each.value.id
}

resource "aws_vpc_security_group_ingress_rule" "named" {
  for_each = toset(var.public_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.key
}

resource "aws_vpc_security_group_egress_rule" "pods" {
  security_group_id            = aws_security_group.this.id
  description                  = "To the pods"
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
  referenced_security_group_id = var.node_security_group_id
}

resource "aws_vpc_security_group_ingress_rule" "pods" {
  security_group_id            = var.node_security_group_id
  description                  = "Pods from the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
  referenced_security_group_id = aws_security_group.this.id
}
