variable "zone_name" {
  description = "Public hosted zone, made by bootstrap."
  type        = string
  nullable    = false
}

variable "dr_active" {
  description = "Send traffic to eu-west-1 first. Set it together with the same switch of that region's root."
  type        = bool
  default     = false
  nullable    = false
}
