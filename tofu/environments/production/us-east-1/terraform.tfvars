admin_role_arns = { platform = "arn:aws:iam::123456789012:role/nura-platform-admin" }
alarm_emails    = ["nura-alarms@example.com"]
zone_name       = "nura.example"

embedding_model = {
  name     = "bge-m3"
  image    = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-embeddings@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  data_url = "s3://nura-prod-documents-123456789012-us-east-1/models/bge-m3.tar.gz"
}
