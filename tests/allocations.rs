//! A concrete decision allocates nothing once the policies are compiled.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use mqwarden::iam::{ContextTable, KeyValue, PolicyDocument, PolicyLayers, Request, decide};
use mqwarden::text::Text;

/// Every kind of matching that a concrete request can meet: literals, general patterns, variables in resources and
/// values, every family of operators, set operators, an absent key.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":["mq:Describe*","mq:Re?oot*"],
   "Resource":["arn:aws:mq:*:123456789012:broker:${aws:PrincipalTag/team}-*:*","arn:aws:mq:eu-*-1:*:broker:*:b-1*"],
   "Condition":{
     "StringEquals":{"aws:ResourceTag/team":["x","${aws:PrincipalTag/team}"]},
     "StringLike":{"aws:PrincipalTag/team":"o*s"},
     "StringEqualsIgnoreCase":{"aws:ResourceTag/env":"PRODUCTION"},
     "ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"},
     "IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]},
     "Bool":{"aws:MultiFactorAuthPresent":"true"},
     "NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},
     "DateGreaterThan":{"aws:CurrentTime":"2024-01-01T00:00:00Z"},
     "ForAllValues:StringLike":{"aws:TagKeys":["team","e*"]},
     "ForAnyValue:StringEquals":{"aws:TagKeys":"team"},
     "Null":{"aws:PrincipalOrgID":"true"}}},
  {"Effect":"Deny","NotAction":"mq:*","NotResource":"arn:aws:mq:*:*:broker:*",
   "Condition":{"StringNotEqualsIfExists":{"aws:RequestedRegion":"eu-west-1"}}}]}"#;

#[test]
fn concrete_decisions_allocate_nothing() {
    let document = PolicyDocument::parse(&Text::known(POLICY));
    assert_eq!(document.problems(), []);
    let layers = PolicyLayers {
        identity: vec![&document],
        boundaries: vec![vec![&document]],
        service_control: vec![vec![&document]],
        ..PolicyLayers::default()
    };
    let mut context = ContextTable::new();
    for (key, value) in [
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/ops"),
        ("aws:PrincipalTag/team", "orders"),
        ("aws:ResourceTag/team", "orders"),
        ("aws:ResourceTag/env", "production"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:MultiFactorAuthPresent", "true"),
        ("aws:MultiFactorAuthAge", "12"),
        ("aws:CurrentTime", "2026-05-01T10:00:00Z"),
        ("aws:RequestedRegion", "eu-west-1"),
    ] {
        context.insert(key, KeyValue::one(value));
    }
    context.insert("aws:TagKeys", KeyValue::list(["team", "env"]));
    let arn = "arn:aws:mq:eu-west-1:123456789012:broker:orders-1:b-1234abcd-12ab-34cd-56ef-123456789012";
    let requests =
        ["mq:RebootBroker", "mq:DeleteBroker", "s3:GetObject"].map(|action| Request::new(action, arn.into()));
    let mut allowed = Vec::with_capacity(requests.len());
    let counted = allocation_counter::measure(|| {
        for request in &requests {
            allowed.push(decide(&layers, request, &context).allowed.is_true());
        }
    });
    assert_eq!(allowed, [true, false, false]);
    assert_eq!(counted.count_total, 0);
}
