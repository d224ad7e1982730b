admin_role_arns = { platform = "arn:aws:iam::123456789012:role/nura-platform-admin" }
alarm_emails    = ["nura-alarms@example.com"]
zone_name       = "nura.example"
agents_image    = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/nura-agents@sha256:0000000000000000000000000000000000000000000000000000000000000000"
