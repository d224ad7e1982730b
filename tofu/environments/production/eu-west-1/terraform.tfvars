admin_role_arns = { platform = "arn:aws:iam::123456789012:role/nura-platform-admin" }
alarm_emails    = ["nura-alarms@example.com"]
zone_name       = "nura.example"
