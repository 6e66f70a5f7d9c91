variable "broker" {
  type = object({ name = string, arn = string, index = number })
}

resource "aws_iam_policy" "this" {
  name   = "${basename(path.module)}-${var.broker.name}-${var.broker.index}-${substr(md5(path.module), 0, 4)}"
  policy = templatefile("${path.module}/policy.tftpl", { broker = var.broker, verbs = ["Reboot", "Delete"] })
}

output "label" {
  value = "${var.broker.name}#${var.broker.index}"
}
