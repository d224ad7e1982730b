# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  name = "nura-shared"
}

run "kept_too_short" {
  command = plan

  variables {
    retention_days = 30
  }

  expect_failures = [var.retention_days]
}

run "name_invalid" {
  command = plan

  variables {
    name = "Nura"
  }

  expect_failures = [var.name]
}
