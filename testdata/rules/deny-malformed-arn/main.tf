resource "aws_iam_policy" "wrong" {
  name   = "wrong"
  policy = file("${path.module}/wrong.json")
}

resource "aws_iam_policy" "wrong_exception" {
  name = "wrong-exception"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", NotResource = "arn:aws:mq:*:*:broker/sandbox" }]
  })
}

resource "aws_iam_policy" "right" {
  name = "right"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "mq:DeleteBroker", Resource = "arn:aws:mq:*:*:broker:production:*" }]
  })
}
