provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Project     = "nura"
      Environment = "staging"
      ManagedBy   = "opentofu"
      CostCenter  = "nura-staging"
    }
  }
}
