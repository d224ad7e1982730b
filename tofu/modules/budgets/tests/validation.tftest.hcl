# Bad input is refused before anything is planned, with a sentence that says what to do.
variables {
  monthly_usd = { development = 350 }
  emails      = ["costs@example.com"]
}

run "no_budget" {
  command = plan

  variables {
    monthly_usd = {}
  }

  expect_failures = [var.monthly_usd]
}

run "budget_of_nothing" {
  command = plan

  variables {
    monthly_usd = { development = 0 }
  }

  expect_failures = [var.monthly_usd]
}

run "nobody_hears" {
  command = plan

  variables {
    emails = []
  }

  expect_failures = [var.emails]
}

run "anomaly_of_nothing" {
  command = plan

  variables {
    anomaly_usd = 0
  }

  expect_failures = [var.anomaly_usd]
}
