access "deployers" {
  principals = ["aws_iam_role.deploy", "module.*.aws_iam_role.ci[*]"]
  brokers    = ["*"]
  may        = ["create", "update", "delete"]
}

access "operators" {
  principals    = ["aws_iam_group.ops"]
  brokers_where = { tag = { environment = "production" } }
  may           = ["reboot"]
  only_with_mfa = true
}

protect "production brokers" {
  brokers_where = { tag = { environment = "production" } }
  nobody_may    = ["delete"]
  except        = ["aws_iam_role.break_glass"]
}
