variable "admin_role_arns" {
  description = "IAM roles that administer the cluster, by a short name each."
  type        = map(string)
  nullable    = false
}

variable "public_access_cidrs" {
  description = "Ranges that may reach the Kubernetes API over the internet, for example the office. Empty: only from inside the VPC."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "alarm_emails" {
  description = "Addresses that get the alarms."
  type        = set(string)
  nullable    = false
}

variable "zone_name" {
  description = "Public hosted zone, made by bootstrap."
  type        = string
  nullable    = false
}

variable "embedding_model" {
  description = "A model of our own on SageMaker, or null: Titan embeddings need no endpoint."
  type = object({
    name     = string
    image    = string
    data_url = string
  })
  default = null
}
