resource "aws_mq_broker" "a" {
  broker_name        = "alpha"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

resource "aws_mq_broker" "b" {
  broker_name        = "beta"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = var.mq_password
  }
}

module "outer" {
  source = "./outer"
  first  = aws_mq_broker.b.arn
  second = aws_mq_broker.a.arn
}

module "late" {
  source = "./late"
  arn    = module.outer.second
  role   = module.outer.role_name
}
