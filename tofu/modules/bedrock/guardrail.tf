resource "aws_bedrock_guardrail" "this" {
  name                      = "${var.name}-assistant"
  description               = "Keeps credentials out of answers and instructions of strangers out of prompts"
  kms_key_arn               = var.kms_key_arn
  blocked_input_messaging   = "This request was stopped by the guardrail of your team. Remove the credential or the instruction that is not yours, and send it again."
  blocked_outputs_messaging = "The answer was stopped by the guardrail of your team, because it held a credential."

  content_policy_config {
    # The filter for prompt attacks looks at inputs only; AWS demands NONE for outputs.
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }

  sensitive_information_policy_config {
    dynamic "pii_entities_config" {
      for_each = toset(["AWS_ACCESS_KEY", "AWS_SECRET_KEY", "CREDIT_DEBIT_CARD_NUMBER"])

      content {
        type   = pii_entities_config.value
        action = "BLOCK"
      }
    }

    regexes_config {
      name        = "private-key"
      description = "PEM private keys"
      pattern     = "-----BEGIN [A-Z ]*PRIVATE KEY-----"
      action      = "BLOCK"
    }
  }
}

resource "aws_bedrock_guardrail_version" "this" {
  guardrail_arn = aws_bedrock_guardrail.this.guardrail_arn
  description   = "In use"
  skip_destroy  = true
}
