resource "aws_cloudwatch_log_group" "state_machine" {
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.logs_kms_key_arn
}

locals {
  retry = [{
    ErrorEquals     = ["Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException", "States.Timeout"]
    IntervalSeconds = 2
    MaxAttempts     = 4
    BackoffRate     = 2
    JitterStrategy  = "FULL"
  }]
  failed = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "Report" }]
  invoke = {
    Type           = "Task"
    Resource       = "arn:${local.partition}:states:::lambda:invoke"
    TimeoutSeconds = 330
    Retry          = local.retry
  }
}

resource "aws_sfn_state_machine" "reindex" {
  name     = "${local.name}-reindex"
  type     = "STANDARD"
  role_arn = aws_iam_role.state_machine.arn

  definition = jsonencode({
    Comment        = "Finds repositories with new commits and hands each to the queue; one that fails does not stop the others."
    StartAt        = "Find"
    TimeoutSeconds = 3600
    States = {
      Find = merge(local.invoke, {
        Parameters = { FunctionName = aws_lambda_function.this.arn, Payload = { task = "find-stale-repositories" } }
        OutputPath = "$.Payload"
        Catch      = local.failed
        Next       = "Each"
      })
      Each = {
        Type           = "Map"
        ItemsPath      = "$.repositories"
        MaxConcurrency = 5
        Catch          = local.failed
        End            = true
        ItemProcessor = {
          ProcessorConfig = { Mode = "INLINE" }
          StartAt         = "Queue"
          States = {
            Queue = {
              Type           = "Task"
              Resource       = "arn:${local.partition}:states:::sqs:sendMessage"
              TimeoutSeconds = 30
              Parameters     = { QueueUrl = aws_sqs_queue.work.url, MessageBody = { task = "reindex", "repository.$" = "$.id" } }
              Retry          = [merge(local.retry[0], { ErrorEquals = ["States.ALL"] })]
              Catch          = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "Skip" }]
              End            = true
            }
            Skip = { Type = "Succeed" }
          }
        }
      }
      Report = merge(local.invoke, {
        Parameters = { FunctionName = aws_lambda_function.this.arn, Payload = { task = "report-failure", "error.$" = "$.error" } }
        Catch      = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
        Next       = "Failed"
      })
      Failed = { Type = "Fail", Error = "ReindexFailed", Cause = "Finding or handing out repositories failed; the execution history holds the reason." }
    }
  })

  encryption_configuration {
    type                              = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = var.kms_key_arn
    kms_data_key_reuse_period_seconds = 300
  }

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }
}
