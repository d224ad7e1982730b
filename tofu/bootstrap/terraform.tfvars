zone_name         = "nura.example"
github_repository = "nura-example/nura"
budget_emails     = ["nura-costs@example.com"]

monthly_usd = {
  development = 350
  staging     = 600
  production  = 4000
  shared      = 60
}
