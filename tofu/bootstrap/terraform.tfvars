zone_name         = "nura.example"
github_repository = "nura-example/nura"
budget_emails     = ["nura-costs@example.com"]

monthly_usd = {
  development = 350
  staging     = 650
  production  = 4500
  shared      = 60
}
