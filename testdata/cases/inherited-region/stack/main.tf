module "broker" {
  source = "./broker"
}
