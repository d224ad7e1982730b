# A region with what no environment turns on, read from the state after an apply against the offline provider. The check
# also applies it alone, with these variables, and holds it to the policies and to the IAM matrix.
variables {
  name                = "nura-test"
  environment         = "staging"
  namespace           = "nura-test"
  domain              = "api.test.nura.example"
  zone_name           = "nura.example"
  public_cidrs        = ["198.51.100.0/24"]
  alarm_emails        = ["nura-alarms@example.com"]
  backup_days         = 14
  deletion_protection = true

  network = {
    vpc_cidr     = "10.99.0.0/16"
    zone_count   = 3
    nat_per_zone = false
  }

  cluster = {
    admin_role_arns = { platform = "arn:aws:iam::123456789012:role/nura-platform-admin" }
    node_group      = { instance_types = ["t4g.large"], min_size = 2, max_size = 6, desired_size = 3 }
  }

  database = {
    instance_class        = "db.t4g.medium"
    storage_gib           = { initial = 20, maximum = 100 }
    multi_az              = true
    backup_retention_days = 14
  }

  cache = { node_type = "cache.t4g.small", node_count = 2 }
}

run "managed_cache" {
  command = apply

  assert {
    condition     = output.cache_address != null
    error_message = "There is a managed cache."
  }

  assert {
    condition     = data.aws_iam_policy_document.cache[0].statement[0].resources == toset([module.cache[0].arn, module.cache[0].user_arn])
    error_message = "Services sign in to this cache, as its user, and to no other."
  }

  assert {
    condition     = sort([for name, document in data.aws_iam_policy_document.merged : name if strcontains(document.json, "elasticache:Connect")]) == tolist(["nura-agents", "nura-api", "nura-rag"])
    error_message = "The three services, and nobody else."
  }
}

run "none_by_default" {
  command = apply

  variables {
    cache = null
  }

  assert {
    condition     = output.cache_address == null && length(module.cache) == 0
    error_message = "No managed cache."
  }

  assert {
    condition     = !anytrue([for document in data.aws_iam_policy_document.merged : strcontains(document.json, "elasticache")])
    error_message = "Nobody may sign in to what is not there."
  }
}
