provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Project     = "nura"
      Environment = "shared"
      ManagedBy   = "opentofu"
      CostCenter  = "nura-shared"
    }
  }
}
