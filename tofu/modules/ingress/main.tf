data "aws_region" "current" {}

# CloudFront and offices reach it from outside, so it faces the internet; its security groups let in nobody else.
resource "aws_lb" "this" {
  name                       = "${var.name}-api"
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.subnet_ids
  security_groups            = concat([aws_security_group.this.id], values(aws_security_group.managed)[*].id)
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  enable_http2               = true
  # Streams send a heartbeat every 15 seconds; a quiet minute is a broken one, ten times that is patience.
  idle_timeout = 600

  access_logs {
    enabled = true
    bucket  = var.log_bucket
    prefix  = "alb"
  }
}

# Pods register through a TargetGroupBinding, so the address outlives every deployment of the cluster.
resource "aws_lb_target_group" "api" {
  name        = "${var.name}-api"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = 8080
  # Longer than pods drain, at most 120 seconds: whatever still streams when it ends is cut.
  deregistration_delay = 150

  health_check {
    path                = "/ready"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

# Behind CloudFront the domain is a failover name over two load balancers, which module dns-failover makes.
resource "aws_route53_record" "public" {
  count = var.behind_cloudfront ? 0 : 1

  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.domain
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = false
  }
}
