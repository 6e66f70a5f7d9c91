protect "all" {
  brokers    = ["*"]
  nobody_may = ["delete"]
}

settings {
  severity = { missing-dependent-permission = "off" }
}
