protect "all" {
  brokers    = ["*"]
  nobody_may = ["delete"]
}
