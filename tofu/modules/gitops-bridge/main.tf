data "aws_region" "current" {}

# OpenTofu ends here. The bootstrap of Argo CD (docs/environment-setup.md) reads this parameter into the cluster
# Secret, whose annotations the ApplicationSets read; no Kubernetes provider is needed, and no order of destruction.
resource "aws_ssm_parameter" "this" {
  name        = "/${var.name}/${data.aws_region.current.region}/gitops-bridge"
  description = "Facts about the cloud for Argo CD"
  type        = "String"
  tier        = "Standard"
  value = jsonencode({
    labels = {
      "nura.dev/environment" = var.environment
      "nura.dev/region"      = data.aws_region.current.region
    }
    annotations = { for key, value in var.facts : "nura.dev/${replace(key, "_", "-")}" => value }
  })
}
