settings {
  severity = { missing-dependent-permission = "off" }
}
