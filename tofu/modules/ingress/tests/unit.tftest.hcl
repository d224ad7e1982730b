# What the module makes, read from the state after an apply against the offline provider.
variables {
  name                   = "nura-test"
  vpc_id                 = "vpc-1"
  subnet_ids             = ["subnet-1", "subnet-2"]
  node_security_group_id = "sg-1"
  domain                 = "api.test.nura.example"
  zone_name              = "nura.example"
  log_bucket             = "logs"
}

run "nobody_who_is_not_let_in" {
  command = apply

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.managed) == 0 && length(aws_vpc_security_group_ingress_rule.named) == 0
    error_message = "Without CloudFront and ranges nobody comes."
  }

  assert {
    condition     = aws_lb_listener.https.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    error_message = "TLS 1.3 or 1.2."
  }
}

run "only_cloudfront_and_health_checks" {
  command = apply

  variables {
    behind_cloudfront = true
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.managed) == 2 && length(aws_vpc_security_group_ingress_rule.named) == 0
    error_message = "Two prefix lists, nobody else."
  }

  assert {
    condition     = length(distinct([for rule in aws_vpc_security_group_ingress_rule.managed : rule.security_group_id])) == 2
    error_message = "Together the lists are more than one group may hold."
  }

  assert {
    condition     = length(aws_lb.this.security_groups) == 3
    error_message = "The load balancer is in the groups of both lists and in its own."
  }

  assert {
    condition     = length(aws_route53_record.public) == 0
    error_message = "The domain is the failover name, which others make."
  }
}

run "offices_may_come_directly" {
  command = apply

  variables {
    public_cidrs = ["198.51.100.0/24"]
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.named["198.51.100.0/24"].from_port == 443
    error_message = "One range, HTTPS."
  }

  assert {
    condition     = aws_route53_record.public[0].name == "api.test.nura.example" && one(aws_route53_record.public[0].alias).name == aws_lb.this.dns_name
    error_message = "They find it by its name."
  }
}

run "certificate_is_proven" {
  command = apply

  assert {
    condition     = aws_route53_record.proof.type == "CNAME"
    error_message = "The zone proves the certificate."
  }
}
