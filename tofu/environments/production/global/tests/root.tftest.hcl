run "primary_serves" {
  command = apply

  assert {
    condition     = output.serving_region == "us-east-1"
    error_message = "us-east-1 serves."
  }
}

run "switched" {
  command = apply

  variables {
    dr_active = true
  }

  assert {
    condition     = output.serving_region == "eu-west-1"
    error_message = "eu-west-1 serves."
  }
}
