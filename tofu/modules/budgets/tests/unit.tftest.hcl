# What the module makes, read from the state after an apply against the offline provider.
variables {
  monthly_usd = { development = 350 }
  emails      = ["costs@example.com"]
}

run "three_warnings" {
  command = apply

  assert {
    condition     = length(aws_budgets_budget.this["development"].notification) == 3
    error_message = "80 %, 100 %, 110 % forecasted."
  }

  assert {
    condition     = tolist(one(aws_budgets_budget.this["development"].cost_filter).values) == tolist(["user:Environment$development"])
    error_message = "By environment tag."
  }
}
