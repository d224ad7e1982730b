# What the module makes, read from the state after an apply against the offline provider.
variables {
  name             = "nura-test"
  domain           = "api.nura.example"
  origin_domain    = "origin.nura.example"
  zone_name        = "nura.example"
  logs_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/22222222-2222-2222-2222-222222222222"
}

run "lives_in_us_east_1" {
  command = apply

  assert {
    condition     = aws_acm_certificate.this.region == "us-east-1" && aws_wafv2_web_acl.this.region == "us-east-1" && aws_wafv2_web_acl.this.scope == "CLOUDFRONT"
    error_message = "CloudFront knows no other region."
  }
}

run "api_is_not_cached" {
  command = apply

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    error_message = "Answers are never cached."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods) == 7
    error_message = "All methods pass."
  }
}

run "prompts_that_quote_code_pass" {
  command = apply

  assert {
    condition     = length([for r in aws_wafv2_web_acl.this.rule : r if r.name == "rate"]) == 1
    error_message = "The rate is limited."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this.rule) == 4
    error_message = "Three managed groups beside it."
  }

  # All that AWS documents for both groups.
  assert {
    condition = toset(flatten([for rule in aws_wafv2_web_acl.this.rule : [for group in rule.statement[0].managed_rule_group_statement : [for override in group.rule_action_override : override.name if length(override.action_to_use[0].count) == 1]]])) == toset([
      "CrossSiteScripting_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "SizeRestrictions_BODY",
      "JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY",
    ])
    error_message = "Rules that read bodies only count."
  }
}
