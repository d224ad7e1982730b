provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Project     = "nura"
      Environment = "production"
      ManagedBy   = "opentofu"
      CostCenter  = "nura-production"
    }
  }
}
