access "deployers" {
  principals = ["aws_iam_role.deploy", "aws_iam_role.deployer"]
  brokers    = ["aws_mq_broker.orders"]
  may        = ["delete"]
}

protect "production brokers" {
  brokers_where = { tag = { environment = "production" } }
  nobody_may    = ["delete"]
}
