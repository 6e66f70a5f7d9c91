settings {
  deployer = "aws_iam_role.deploy"
}
