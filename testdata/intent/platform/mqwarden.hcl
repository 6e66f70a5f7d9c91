access "operators" {
  principals = ["aws_iam_role.operator"]
  brokers    = ["aws_mq_broker.audit", "module.queue[*].aws_mq_broker.*"]
  may        = ["reboot"]
}

access "creators" {
  principals = ["aws_iam_role.operator", "module.team.aws_iam_role.member[\"lead\"]", "aws_iam_group.developers"]
  brokers    = ["module.queue[\"orders\"].aws_mq_broker.this", "module.team.aws_mq_broker.scratch"]
  may        = ["create"]
}

access "teams" {
  principals = ["module.team.aws_iam_role.*", "external:role/made-by-hand"]
  brokers    = ["module.team.aws_mq_broker.scratch", "module.queue[\"mail\"].aws_mq_broker.*"]
  may        = ["reboot", "delete"]
}

access "administrators" {
  principals    = ["aws_iam_user.admin"]
  brokers       = ["*"]
  may           = ["reboot", "delete"]
  only_with_mfa = true
}

access "members" {
  principals = ["aws_iam_user.admin"]
  brokers    = ["module.queue[\"orders\"].aws_mq_broker.this", "module.team.aws_mq_broker.scratch"]
  may        = ["create"]
}
