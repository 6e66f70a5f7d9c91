//! The service that stands in the ARN of a resource, by Terraform's resource type.
//!
//! Sources: the schemas of the AWS provider for the types; the Service Authorization Reference for the prefixes.

use crate::text::{CharSet, Run, Shape};

/// Beginnings of resource types with the service prefix of their ARNs. Of several that fit, the longest counts.
const SERVICES: &[(&str, &str)] = &[
    ("aws_acm_", "acm"),
    ("aws_cloudwatch_event_", "events"),
    ("aws_cloudwatch_log_", "logs"),
    ("aws_cloudwatch_metric_", "cloudwatch"),
    ("aws_codebuild_", "codebuild"),
    ("aws_db_", "rds"),
    ("aws_dynamodb_", "dynamodb"),
    ("aws_ecr_", "ecr"),
    ("aws_ecs_", "ecs"),
    ("aws_efs_", "elasticfilesystem"),
    ("aws_eks_", "eks"),
    ("aws_iam_", "iam"),
    ("aws_instance", "ec2"),
    ("aws_kinesis_stream", "kinesis"),
    ("aws_kms_", "kms"),
    ("aws_lambda_", "lambda"),
    ("aws_msk_", "kafka"),
    ("aws_rds_", "rds"),
    ("aws_s3_bucket", "s3"),
    ("aws_secretsmanager_", "secretsmanager"),
    ("aws_security_group", "ec2"),
    ("aws_sfn_", "states"),
    ("aws_sns_", "sns"),
    ("aws_sqs_", "sqs"),
    ("aws_ssm_", "ssm"),
    ("aws_subnet", "ec2"),
    ("aws_vpc", "ec2"),
];

/// The shape of an ARN that AWS gives to a new resource of this type; `None` where the type is not known.
///
/// Such an ARN holds no wildcard, and never is the ARN of a resource of another service.
pub fn arn_shape(resource_type: &str) -> Option<Shape> {
    let fitting = SERVICES.iter().filter(|(start, _)| resource_type.starts_with(start));
    let (_, service) = fitting.max_by_key(|(start, _)| start.len())?;
    let lower = CharSet::range(b'a', b'z').with(CharSet::only(b'-'));
    let rest =
        CharSet::IAM_NAME.with(CharSet::only(b':')).with(CharSet::only(b'/')).with(CharSet::only(b'$'));
    let literal = |text: &'static str| text.bytes().map(|byte| Run::exactly(1, CharSet::only(byte)));
    let mut runs: Vec<Run> = literal("arn:").collect();
    runs.push(Run::at_least(3, lower));
    runs.extend(literal(":"));
    runs.extend(literal(service));
    runs.extend(literal(":"));
    runs.push(Run::at_least(2, rest));
    Some(Shape::new(runs, false))
}

#[cfg(test)]
mod tests {
    use super::{SERVICES, arn_shape};

    #[test]
    fn types_are_sorted_and_shapes_hold_no_wildcard() {
        assert!(SERVICES.is_sorted());
        assert!(!arn_shape("aws_sns_topic").unwrap().may_contain_wildcard());
        assert_eq!(arn_shape("aws_mq_broker"), None);
        assert_eq!(arn_shape("random_pet"), None);
    }
}
