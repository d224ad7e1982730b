locals {
  name   = "${var.name}-${var.model.name}"
  bucket = trimprefix(var.bucket_arn, "arn:aws:s3:::")
  # Types with disks of their own (g4dn, g5, p4d, m6id, ...) encrypt them in hardware, and SageMaker then refuses a key.
  encrypts_itself = can(regex("^ml[.]([gp][5-9]|gr[0-9]|i[0-9]|trn[0-9]|[a-z]+[0-9][a-z]*d)", var.instance_type))
}

resource "aws_security_group" "this" {
  name        = "${local.name}-endpoint"
  description = "Containers of the endpoint: HTTPS to AWS services inside the VPC"
  vpc_id      = var.vpc_id

  tags = { Name = "${local.name}-endpoint" }
}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.${data.aws_region.current.region}.s3"
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.this.id
  description       = "Model files from S3 over the gateway endpoint"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
}

resource "aws_sagemaker_model" "this" {
  name                     = local.name
  execution_role_arn       = aws_iam_role.this.arn
  enable_network_isolation = true

  primary_container {
    image          = var.model.image
    model_data_url = var.model.data_url
  }

  vpc_config {
    subnets            = var.subnet_ids
    security_group_ids = [aws_security_group.this.id]
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_sagemaker_endpoint_configuration" "this" {
  name_prefix = "${local.name}-"
  kms_key_arn = local.encrypts_itself ? null : var.kms_key_arn

  production_variants {
    variant_name           = "primary"
    model_name             = aws_sagemaker_model.this.name
    initial_instance_count = var.instances.min
    instance_type          = var.instance_type
    initial_variant_weight = 1
  }

  dynamic "data_capture_config" {
    for_each = var.capture_percentage > 0 ? [var.capture_percentage] : []

    content {
      enable_capture              = true
      initial_sampling_percentage = data_capture_config.value
      destination_s3_uri          = "s3://${local.bucket}/capture/${local.name}"
      kms_key_id                  = var.kms_key_arn

      capture_options {
        capture_mode = "InputAndOutput"
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sagemaker_endpoint" "this" {
  name                 = local.name
  endpoint_config_name = aws_sagemaker_endpoint_configuration.this.name

  # The new variant takes a tenth of the traffic for ten minutes; an alarm takes it back.
  deployment_config {
    blue_green_update_policy {
      traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 600

        canary_size {
          type  = "CAPACITY_PERCENT"
          value = 10
        }
      }

      termination_wait_in_seconds = 300
    }

    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors.alarm_name
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-errors"
  alarm_description   = "The endpoint answers with errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  dimensions          = { EndpointName = local.name, VariantName = "primary" }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "sagemaker"
  resource_id        = "endpoint/${aws_sagemaker_endpoint.this.name}/variant/primary"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  min_capacity       = var.instances.min
  max_capacity       = var.instances.max
}

resource "aws_appautoscaling_policy" "this" {
  name               = "${local.name}-invocations"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = 200
    scale_in_cooldown  = 600
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "SageMakerVariantInvocationsPerInstance"
    }
  }
}
