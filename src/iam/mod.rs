//! IAM: policy documents, patterns, conditions, variables and the evaluation of requests. Knows neither Terraform nor
//! Amazon MQ.
