access "deployers" {
  principles = ["aws_iam_role.deploy"]
  brokers    = ["*"]
  may        = ["create", "restart"]
}

settings {
  severity = { no-such-rule = "off" }
}
