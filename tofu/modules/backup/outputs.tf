output "vault_arn" {
  description = "The vault in this region."
  value       = aws_backup_vault.this["local"].arn
}

output "copy_vault_arn" {
  description = "The vault in the other region, or null."
  value       = try(aws_backup_vault.this["copy"].arn, null)
}
