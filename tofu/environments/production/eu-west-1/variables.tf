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

variable "dr_active" {
  description = "This region serves: the replica is promoted and gets a standby, nodes are added. See docs/runbooks/disaster-recovery.md."
  type        = bool
  default     = false
  nullable    = false
}
