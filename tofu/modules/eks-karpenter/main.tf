data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# Spot warnings and instance events. Karpenter drains a node within the two minutes that AWS gives.
resource "aws_sqs_queue" "interruption" {
  name                      = "${var.cluster_name}-karpenter"
  message_retention_seconds = 300
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "EventsDeliver"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.interruption.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "interruption" {
  queue_url = aws_sqs_queue.interruption.id
  policy    = data.aws_iam_policy_document.queue.json
}

locals {
  events = {
    spot-interruption   = { source = "aws.ec2", detail-type = "EC2 Spot Instance Interruption Warning" }
    rebalance           = { source = "aws.ec2", detail-type = "EC2 Instance Rebalance Recommendation" }
    instance-state      = { source = "aws.ec2", detail-type = "EC2 Instance State-change Notification" }
    scheduled-change    = { source = "aws.health", detail-type = "AWS Health Event" }
    capacity-block-ends = { source = "aws.ec2", detail-type = "EC2 Capacity Reservation Instance Interruption Warning" }
  }
}

resource "aws_cloudwatch_event_rule" "interruption" {
  for_each = local.events

  name          = "${var.cluster_name}-${each.key}"
  description   = "Karpenter: ${each.value.detail-type}"
  event_pattern = jsonencode({ source = [each.value.source], detail-type = [each.value.detail-type] })
}

resource "aws_cloudwatch_event_target" "interruption" {
  for_each = local.events

  rule      = aws_cloudwatch_event_rule.interruption[each.key].name
  target_id = "karpenter"
  arn       = aws_sqs_queue.interruption.arn
}

# Nodes that Karpenter starts register with the same role as the managed group, whose entry EKS makes itself.
resource "aws_iam_role" "controller" {
  name                 = "${var.cluster_name}-karpenter-${data.aws_region.current.region}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = "arn:${local.partition}:iam::${local.account}:policy/nura-boundary"
}

resource "aws_iam_role_policy" "controller" {
  name   = "karpenter"
  role   = aws_iam_role.controller.name
  policy = data.aws_iam_policy_document.controller.json
}

resource "aws_eks_pod_identity_association" "controller" {
  cluster_name    = var.cluster_name
  namespace       = "kube-system"
  service_account = "karpenter"
  role_arn        = aws_iam_role.controller.arn
}
