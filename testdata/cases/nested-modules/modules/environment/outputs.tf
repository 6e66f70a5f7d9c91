output "brokers" {
  value = { for k, q in module.queue : k => q.broker }
}
output "operator_policies" {
  value = { for k, q in module.queue : k => q.policy_arn }
}
output "tier" {
  value = var.tier
}
