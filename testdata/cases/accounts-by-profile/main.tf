provider "aws" {
  region  = "eu-west-1"
  profile = "prod"
}
provider "aws" {
  alias   = "dev"
  region  = "eu-west-1"
  profile = "dev"
}
module "prod" {
  source = "./base"
  actions = ["mq:RebootBroker"]
}
module "dev" {
  source = "./base"
  providers = { aws = aws.dev }
  actions = ["mq:*"]
}
