# A platform team keeps a broker for each environment; engineers may restart what is not production.
locals {
  environments = {
    development = { instance = "mq.t3.micro", protected = false }
    staging     = { instance = "mq.m5.large", protected = false }
    production  = { instance = "mq.m5.xlarge", protected = true }
  }
}

resource "aws_mq_broker" "events" {
  for_each           = local.environments
  broker_name        = "events-${each.key}"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = each.value.instance
  user {
    username = "platform"
    password = "planted-Secret-4711"
  }
  tags = { environment = each.key }
}

resource "aws_mq_configuration" "events" {
  name           = "events"
  engine_type    = "ActiveMQ"
  engine_version = "5.18"
  data           = "<broker xmlns=\"http://activemq.apache.org/schema/core\"></broker>"
}

resource "aws_iam_group" "engineers" {
  name = "engineers"
}

data "aws_iam_policy_document" "engineers" {
  statement {
    sid       = "Look"
    actions   = ["mq:List*", "mq:Describe*"]
    resources = ["*"]
  }
  statement {
    sid       = "Restart"
    actions   = ["mq:RebootBroker"]
    resources = [for name, environment in local.environments : aws_mq_broker.events[name].arn if !environment.protected]
  }
  statement {
    sid       = "Configure"
    actions   = ["mq:UpdateConfiguration"]
    resources = [aws_mq_configuration.events.arn]
  }
}

resource "aws_iam_policy" "engineers" {
  name   = "mq-engineers"
  policy = data.aws_iam_policy_document.engineers.json
}

resource "aws_iam_group_policy_attachment" "engineers" {
  group      = aws_iam_group.engineers.name
  policy_arn = aws_iam_policy.engineers.arn
}

resource "aws_iam_group_policy" "guard" {
  name  = "production"
  group = aws_iam_group.engineers.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "HandsOffProduction"
      Effect   = "Deny"
      Action   = ["mq:DeleteBroker", "mq:RebootBroker", "mq:UpdateBroker"]
      Resource = [for name, environment in local.environments : aws_mq_broker.events[name].arn if environment.protected]
    }]
  })
}
