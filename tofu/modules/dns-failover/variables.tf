variable "name" {
  description = "Prefix of every name, for example nura-dev. At most 20 characters, because load balancer names end at 32."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "zone_name" {
  description = "Public hosted zone of the record."
  type        = string
  nullable    = false
}

variable "record_name" {
  description = "Host name that points at whichever region serves."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.record_name, var.zone_name)
    error_message = "record_name must lie inside zone_name."
  }
}

variable "regions" {
  description = "The two regions: first serves, second stands by. Each with the load balancer's host name and hosted zone."
  type = list(object({
    region   = string
    dns_name = string
    zone_id  = string
  }))
  nullable = false

  validation {
    condition     = length(var.regions) == 2 && length(distinct(var.regions[*].region)) == 2
    error_message = "regions needs exactly two different regions: the one that serves and the one that stands by."
  }
}

variable "dr_active" {
  description = "Swap the two: the standby region serves. Switching back is setting it to false again."
  type        = bool
  default     = false
  nullable    = false
}

variable "health_path" {
  description = "Path that answers 200 when the region can serve."
  type        = string
  default     = "/ready"
  nullable    = false

  validation {
    condition     = startswith(var.health_path, "/")
    error_message = "health_path must start with a slash."
  }
}

variable "alarm_topic_arn" {
  description = "Topic in us-east-1 that hears of an unhealthy region; health checks report nowhere else."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:sns:us-east-1:[0-9]{12}:.+$", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of a topic in us-east-1."
  }
}
