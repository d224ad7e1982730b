# The bucket carries the account's number, so it is given at init:
#   tofu init -backend-config="bucket=nura-shared-state-<account>-us-east-1"
terraform {
  backend "s3" {
    key          = "production/global/tofu.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
