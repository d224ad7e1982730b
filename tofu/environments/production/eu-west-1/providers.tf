provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      Project     = "nura"
      Environment = "production"
      ManagedBy   = "opentofu"
      CostCenter  = "nura-production"
    }
  }
}
