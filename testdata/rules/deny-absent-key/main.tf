resource "aws_iam_role" "wrong" {
  name               = "wrong"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  inline_policy {
    name = "guard"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "ProtectProduction"
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { StringEquals = { "mq:ResourceTag/environment" = "production" } }
      }]
    })
  }
}

resource "aws_iam_policy" "wrong_part" {
  name = "wrong-part"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = ["mq:CreateBroker", "mq:DeleteBroker"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:ResourceTag/environment" = "production" } }
    }]
  })
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "mq:DeleteBroker"
      Resource  = "*"
      Condition = { StringEquals = { "aws:ResourceTag/environment" = "production" } }
    }]
  })
}

# It always holds, as no call has the key: nobody creates any broker.
resource "aws_iam_policy" "wrong_size" {
  name = "wrong-size"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "mq:CreateBroker"
      Resource  = "*"
      Condition = { StringNotEquals = { "mq:BrokerInstanceType" = ["mq.t3.micro", "mq.m5.large"] } }
    }]
  })
}

# What is created has no tags yet but those of the request: nobody creates any broker.
resource "aws_iam_policy" "wrong_tags" {
  name = "wrong-tags"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "mq:CreateBroker"
      Resource  = "*"
      Condition = { StringNotEquals = { "aws:ResourceTag/environment" = "test" } }
    }]
  })
}

# `Null` of a key that no call ever has: it does not tell what has no tag.
resource "aws_iam_policy" "wrong_untagged" {
  name = "wrong-untagged"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "mq:DeleteBroker"
      Resource  = "*"
      Condition = { Null = { "mq:ResourceTag/environment" = "true" } }
    }]
  })
}

resource "aws_iam_policy" "right_untagged" {
  name = "right-untagged"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Action    = "mq:DeleteBroker"
        Resource  = "*"
        Condition = { Null = { "aws:ResourceTag/environment" = "true" } }
      },
      {
        Effect    = "Deny"
        Action    = "mq:CreateBroker"
        Resource  = "*"
        Condition = { Null = { "aws:RequestTag/environment" = "true" } }
      },
    ]
  })
}
