variable "trust" {
  type = string
}

resource "aws_mq_broker" "scratch" {
  broker_name        = "scratch"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.m5.large"
  tags               = { team = "scratch" }

  user {
    username = "app"
    password = "not-a-real-secret-1"
  }
}

resource "aws_iam_role" "member" {
  for_each           = toset(["dev", "lead"])
  name               = "member-${each.key}"
  assume_role_policy = var.trust
}

# Its inline policies are those of its block, and no others.
resource "aws_iam_role" "fixed" {
  name               = "fixed"
  assume_role_policy = var.trust
}
