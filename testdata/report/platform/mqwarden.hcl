access "delivery" {
  principals = ["aws_iam_role.pipeline"]
  brokers    = ["*"]
  may        = ["create", "reboot"]
}

access "break glass" {
  principals = ["aws_iam_role.break_glass"]
  brokers    = ["*"]
  may        = ["create", "reboot", "delete"]
}

access "operators" {
  principals    = ["aws_iam_group.operators", "aws_iam_user.people[\"ada\"]", "aws_iam_user.people[\"grace\"]"]
  brokers_where = { tag = { environment = "production" } }
  may           = ["reboot"]
  only_with_mfa = true
}

access "sandbox" {
  principals = ["aws_iam_user.people[\"linus\"]"]
  brokers    = ["aws_mq_broker.sandbox"]
  may        = ["reboot"]
}

protect "production" {
  brokers_where = { tag = { environment = "production" } }
  nobody_may    = ["delete"]
}

accept {
  rule      = "protected-broker"
  principal = "aws_iam_role.break_glass"
  broker    = "aws_mq_broker.orders"
  reason    = "Break glass, watched by an alarm"
}

settings {
  severity = { intent-undecided = "off" }
}
