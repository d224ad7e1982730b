provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Project     = "nura"
      Environment = "development"
      ManagedBy   = "opentofu"
      CostCenter  = "nura-development"
    }
  }
}
