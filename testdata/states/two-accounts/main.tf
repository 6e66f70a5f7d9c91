provider "aws" {
  alias  = "dev"
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}
provider "aws" {
  alias  = "prod"
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::333333333333:role/deploy" }
}
module "dev" {
  source    = "./m"
  op        = "Delete"
  providers = { aws = aws.dev }
}
module "prod" {
  source    = "./m"
  op        = "Reboot"
  providers = { aws = aws.prod }
}
