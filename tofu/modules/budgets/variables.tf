variable "monthly_usd" {
  description = "Expected cost of a month in USD, by environment tag."
  type        = map(number)
  nullable    = false

  validation {
    condition     = length(var.monthly_usd) > 0 && alltrue([for amount in values(var.monthly_usd) : amount > 0])
    error_message = "monthly_usd needs at least one environment, each with more than 0 USD."
  }
}

variable "emails" {
  description = "Addresses that hear of it."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.emails) > 0 && alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", address))])
    error_message = "emails needs at least one mail address: a budget nobody hears of is no budget."
  }
}

variable "anomaly_usd" {
  description = "Unusual spending of a day, in USD, from which on a mail is sent."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.anomaly_usd > 0
    error_message = "anomaly_usd must be more than 0."
  }
}
