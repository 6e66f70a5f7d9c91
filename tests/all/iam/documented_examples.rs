//! The examples of the IAM User Guide as facts: one row, one fact. The pages are
//! `reference_policies_elements_condition_operators`, `reference_policies_condition-logic-multiple-context-keys-or-values`,
//! `reference_policies_condition-single-vs-multi-valued-context-keys`, `reference_policies_elements_resource`,
//! `reference_policies_elements_notresource`, `reference_policies_variables` and
//! `reference_policies_evaluation-logic_policy-eval-denyallow`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    clippy::print_stdout,
    clippy::print_stderr
)]

use mqwarden::iam::{ContextTable, KeyValue, Outcome, PolicyDocument, PolicyLayers, Request, decide};
use mqwarden::text::Text;

/// `key=value`, `key=[a,b]` for a list, separated by `;`.
fn context(written: &str) -> ContextTable {
    let mut table = ContextTable::new();
    for entry in written.split(';').filter(|entry| !entry.is_empty()) {
        let (key, value) = entry.split_once('=').unwrap();
        let value = match value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
            Some(list) => KeyValue::list(list.split(',').filter(|value| !value.is_empty())),
            None => KeyValue::one(value),
        };
        table.insert(key, value);
    }
    table
}

fn document(text: &str) -> PolicyDocument {
    let document = PolicyDocument::parse(&Text::known(text));
    assert!(document.problems().is_empty(), "{text}: {:?}", document.problems());
    document
}

/// Whether a condition holds.
fn holds(condition: &str, written: &str) -> bool {
    let policy = document(&format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{condition}}}}}}}"#
    ));
    let layers = PolicyLayers { identity: vec![&policy], ..PolicyLayers::default() };
    let decision = decide(&layers, &Request::new("s3:GetObject", Text::known("x")), &context(written));
    decision.outcome() == Some(Outcome::Allowed)
}

/// Whether a resource element with this version covers a resource.
fn covers(version: &str, element: &str, pattern: &str, resource: &str, written: &str) -> bool {
    let policy = document(&format!(
        r#"{{{version}"Statement":{{"Effect":"Allow","Action":"*","{element}":"{pattern}"}}}}"#
    ));
    let layers = PolicyLayers { identity: vec![&policy], ..PolicyLayers::default() };
    let decision = decide(&layers, &Request::new("s3:GetObject", Text::known(resource)), &context(written));
    decision.outcome() == Some(Outcome::Allowed)
}

const CATEGORY: &str = r#""StringEquals":{"aws:PrincipalTag/job-category":"iamuser-admin"}"#;
const NOT_CATEGORY: &str = r#""StringNotEquals":{"aws:PrincipalTag/job-category":"iamuser-admin"}"#;
const PREFIX: &str = r#""StringLike":{"s3:prefix":["","home/","home/${aws:username}/"]}"#;
const OFFICE: &str = r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#;
const NOT_OFFICE: &str = r#""NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#;
const BOTH: &str = r#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}"#;
const KEYS: &str = r#""NumericLessThanEquals":{"s3:max-keys":"10"}"#;
const ISSUED: &str = r#""DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}"#;
const TLS: &str = r#""Bool":{"aws:SecureTransport":"false"}"#;
const TOPIC: &str = r#""ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:123456789012:TOPIC-ID"}"#;
const ROLES: &str = r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/mq-*"}"#;
const BINARY: &str = r#""BinaryEquals":{"key":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}"#;
const NO_TOKEN: &str = r#""Null":{"aws:TokenIssueTime":"true"}"#;
const TOKEN: &str = r#""Null":{"aws:TokenIssueTime":"false"}"#;
const TYPES: &str = r#""StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}"#;
const DEPARTMENTS: &str = r#""StringEquals":{"aws:PrincipalTag/department":["finance","hr","legal"],"aws:PrincipalTag/role":["audit","security"]}"#;
const NOR: &str = r#""StringNotEquals":{"aws:PrincipalTag/role":["audit","security"]}"#;
const ALL_TAGS: &str = r#""ForAllValues:StringEquals":{"aws:TagKeys":["environment","cost-center"]}"#;
const ANY_TAG: &str = r#""ForAnyValue:StringEquals":{"aws:TagKeys":["environment","cost-center"]}"#;
const ALL_BUT: &str = r#""ForAllValues:StringNotLike":{"aws:TagKeys":["secret*"]}"#;
const ANY_BUT: &str = r#""ForAnyValue:StringNotLike":{"aws:TagKeys":["secret*"]}"#;

#[test]
fn conditions() {
    let rows: &[(&str, &str, bool)] = &[
        // String operators; the case of the value matters, that of the key does not.
        (CATEGORY, "aws:PrincipalTag/job-category=iamuser-admin", true),
        (CATEGORY, "AWS:principaltag/JOB-category=iamuser-admin", true),
        (CATEGORY, "aws:PrincipalTag/job-category=IamUser-Admin", false),
        (CATEGORY, "aws:PrincipalTag/job-category=dev-ops", false),
        (CATEGORY, "", false),
        (NOT_CATEGORY, "aws:PrincipalTag/job-category=iamuser-admin", false),
        (NOT_CATEGORY, "aws:PrincipalTag/job-category=dev-ops", true),
        (NOT_CATEGORY, "", true),
        (r#""StringEqualsIgnoreCase":{"a:b":"JohnDoe"}"#, "a:b=johndoe", true),
        (r#""StringNotEqualsIgnoreCase":{"a:b":"JohnDoe"}"#, "a:b=johndoe", false),
        (r#""StringNotEqualsIgnoreCase":{"a:b":"JohnDoe"}"#, "", true),
        (r#""StringEquals":{"a:b":"pro*"}"#, "a:b=prod", false),
        (r#""StringEquals":{"a:b":"pro*"}"#, "a:b=pro*", true),
        (r#""StringLike":{"a:b":"pro?"}"#, "a:b=prod", true),
        (r#""StringLike":{"a:b":"pro?"}"#, "a:b=pro", false),
        (r#""StringNotLike":{"a:b":"pro*"}"#, "a:b=prod", false),
        (r#""StringNotLike":{"a:b":"pro*"}"#, "a:b=PROD", true),
        (r#""stringlike":{"A:B":"pro*"}"#, "a:b=prod", true),
        (PREFIX, "s3:prefix=;aws:username=bob", true),
        (PREFIX, "s3:prefix=home/bob/;aws:username=bob", true),
        (PREFIX, "s3:prefix=home/bob/;aws:username=eve", false),
        (PREFIX, "s3:prefix=home/;aws:username=bob", true),
        (PREFIX, "aws:username=bob", false),
        // Addresses; the default length of a prefix is that of the address.
        (OFFICE, "aws:SourceIp=203.0.113.1", true),
        (OFFICE, "aws:SourceIp=203.0.114.1", false),
        (OFFICE, "aws:SourceIp=2001:db8:1234:5678::1", false),
        (OFFICE, "", false),
        (NOT_OFFICE, "aws:SourceIp=203.0.113.1", false),
        (NOT_OFFICE, "aws:SourceIp=198.51.100.4", true),
        (NOT_OFFICE, "", true),
        (BOTH, "aws:SourceIp=2001:DB8:1234:5678:90ab::", true),
        (BOTH, "aws:SourceIp=2001:db8:1234:5679::1", false),
        (BOTH, "aws:SourceIp=203.0.113.255", true),
        (r#""IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, "aws:SourceIp=203.0.113.7", true),
        (r#""IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, "aws:SourceIp=203.0.113.8", false),
        (r#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, "aws:SourceIp=8.8.8.8", true),
        // Numbers and dates.
        (KEYS, "s3:max-keys=10", true),
        (KEYS, "s3:max-keys=10.0", true),
        (KEYS, "s3:max-keys=11", false),
        (KEYS, "", false),
        (r#""NumericLessThanEqualsIfExists":{"s3:max-keys":"10"}"#, "", true),
        (r#""NumericNotEquals":{"s3:max-keys":10}"#, "", true),
        (r#""NumericEquals":{"a:b":9007199254740993.5}"#, "a:b=9007199254740993.5", true),
        (r#""NumericEquals":{"a:b":9007199254740993.5}"#, "a:b=9007199254740994", false),
        (r#""NumericEquals":{"a:b":0.12345678901234567}"#, "a:b=0.12345678901234567", true),
        (r#""NumericEquals":{"a:b":99999999999999999999}"#, "a:b=99999999999999999999", true),
        (r#""NumericLessThan":{"a:b":5}"#, "a:b=-9999999999999999999999999", true),
        (r#""NumericGreaterThan":{"a:b":5}"#, "a:b=9999999999999999999999999", true),
        (r#""NumericGreaterThanEquals":{"a:b":0.5}"#, "a:b=123456789012345.123456789012", true),
        (r#""StringEquals":{"a:b":123456789012345678901}"#, "a:b=123456789012345678901", true),
        (r#""StringEquals":{"a:b":1.50}"#, "a:b=1.50", true),
        (r#""StringEquals":{"a:b":1.50}"#, "a:b=1.5", false),
        (r#""NumericEquals":{"s3:max-keys":["5","6"]}"#, "s3:max-keys=6", true),
        (ISSUED, "aws:TokenIssueTime=2020-01-01T00:00:02Z", true),
        (ISSUED, "aws:TokenIssueTime=2020-01-01T00:00:01Z", false),
        (ISSUED, "aws:TokenIssueTime=1577836802", true),
        (ISSUED, "aws:TokenIssueTime=1577836800", false),
        (ISSUED, "", false),
        (r#""DateLessThan":{"aws:CurrentTime":"1893456000"}"#, "aws:CurrentTime=2029-12-31T23:59:59Z", true),
        (
            r#""DateNotEquals":{"aws:CurrentTime":"2030-01-01"}"#,
            "aws:CurrentTime=2030-01-01T00:00:00Z",
            false,
        ),
        // Boolean, binary, ARNs, presence.
        (TLS, "aws:SecureTransport=false", true),
        (TLS, "aws:SecureTransport=true", false),
        (TLS, "", false),
        (r#""Bool":{"aws:SecureTransport":true}"#, "aws:SecureTransport=true", true),
        (r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}"#, "", true),
        (r#""Bool":{"aws:MultiFactorAuthPresent":"false"}"#, "", false),
        (BINARY, "key=QmluYXJ5VmFsdWVJbkJhc2U2NA==", true),
        (BINARY, "key=QmluYXJ5VmFsdWVJbkJhc2U2NB==", false),
        (TOPIC, "aws:SourceArn=arn:aws:sns:us-east-1:123456789012:TOPIC-ID", true),
        (TOPIC, "aws:SourceArn=arn:aws:sns:us-west-2:123456789012:TOPIC-ID", false),
        (TOPIC, "", false),
        (ROLES, "aws:PrincipalArn=arn:aws:iam::1:role/mq-ops", true),
        (ROLES, "aws:PrincipalArn=arn:aws:iam::1:role/team/mq-ops", false),
        (ROLES, "aws:PrincipalArn=arn:aws:iam:eu:1:role/mq-ops", false),
        (
            r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}"#,
            "aws:PrincipalArn=arn:aws:iam::1:role/a/b:c",
            true,
        ),
        (
            r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam:*:role/*"}"#,
            "aws:PrincipalArn=arn:aws:iam::1:role/a",
            false,
        ),
        (r#""ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}"#, "", true),
        (
            r#""ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:user/x"}"#,
            "aws:PrincipalArn=arn:aws:iam::1:user/x",
            false,
        ),
        (NO_TOKEN, "", true),
        (NO_TOKEN, "aws:TokenIssueTime=2020-01-01T00:00:02Z", false),
        (TOKEN, "aws:TokenIssueTime=2020-01-01T00:00:02Z", true),
        (TOKEN, "", false),
        (TYPES, "ec2:InstanceType=t1.micro", true),
        (TYPES, "ec2:InstanceType=m2.micro", false),
        (TYPES, "", true),
        (r#""StringLike":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}"#, "", false),
        (r#""StringNotLikeIfExists":{"ec2:InstanceType":"t1.*"}"#, "", true),
        // Several keys have to match all, several values any, negated values none.
        (DEPARTMENTS, "aws:PrincipalTag/department=finance;aws:PrincipalTag/role=audit", true),
        (DEPARTMENTS, "aws:PrincipalTag/department=hr;aws:PrincipalTag/role=security", true),
        (DEPARTMENTS, "aws:PrincipalTag/department=hr;aws:PrincipalTag/role=dev", false),
        (DEPARTMENTS, "aws:PrincipalTag/role=audit", false),
        (NOR, "aws:PrincipalTag/role=audit", false),
        (NOR, "aws:PrincipalTag/role=security", false),
        (NOR, "aws:PrincipalTag/role=dev", true),
        (NOR, "", true),
        // Lists.
        (ALL_TAGS, "aws:TagKeys=[environment]", true),
        (ALL_TAGS, "aws:TagKeys=[environment,cost-center]", true),
        (ALL_TAGS, "aws:TagKeys=[environment,cost-center,dept]", false),
        (ALL_TAGS, "aws:TagKeys=[]", true),
        (ALL_TAGS, "", true),
        (ANY_TAG, "aws:TagKeys=[cost-center,dept]", true),
        (ANY_TAG, "aws:TagKeys=[dept]", false),
        (ANY_TAG, "aws:TagKeys=[]", false),
        (ANY_TAG, "", false),
        (ALL_BUT, "aws:TagKeys=[a,b]", true),
        (ALL_BUT, "aws:TagKeys=[a,secret-b]", false),
        (ALL_BUT, "", true),
        (ANY_BUT, "aws:TagKeys=[a,secret-b]", true),
        (ANY_BUT, "aws:TagKeys=[secret-a]", false),
        (ANY_BUT, "", false),
        (r#""ForAllValues:StringEqualsIfExists":{"aws:TagKeys":"a"}"#, "", true),
        (r#""ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"a"}"#, "", true),
        (r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}"#, "", false),
        // Variables in values.
        (
            r#""StringEquals":{"aws:ResourceTag/owner":"${aws:username}"}"#,
            "aws:ResourceTag/owner=bob;aws:username=bob",
            true,
        ),
        (r#""StringEquals":{"aws:ResourceTag/owner":"${aws:username}"}"#, "aws:ResourceTag/owner=bob", false),
        (
            r#""StringNotEquals":{"aws:ResourceTag/owner":"${aws:username}"}"#,
            "aws:ResourceTag/owner=bob",
            true,
        ),
        (
            r#""StringEquals":{"aws:ResourceTag/owner":"${aws:username, 'nobody'}"}"#,
            "aws:ResourceTag/owner=nobody",
            true,
        ),
        (r#""StringLike":{"a:b":"${*}x?"}"#, "a:b=*xy", true),
        (r#""StringLike":{"a:b":"${*}x?"}"#, "a:b=axy", false),
        (r#""StringEquals":{"a:b":"${$}{aws:username}"}"#, "a:b=${aws:username};aws:username=bob", true),
        (r#""StringLike":{"a:b":"${aws:username}"}"#, "a:b=bob;aws:username=*", false),
    ];
    for (condition, written, expected) in rows {
        assert_eq!(holds(condition, written), *expected, "{condition} with {written}");
    }
}

#[test]
fn resources_and_variables_in_them() {
    let new = r#""Version":"2012-10-17","#;
    let old = r#""Version":"2008-10-17","#;
    let broker = "arn:aws:mq:us-east-1:123456789012:broker:MyBroker:b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9";
    let rows: &[(&str, &str, &str, &str, &str, bool)] = &[
        (new, "Resource", "*", broker, "", true),
        (new, "Resource", "arn:aws:mq:*:*:*", broker, "", true),
        (new, "Resource", "arn:aws:mq:us-east-1:123456789012:*", broker, "", true),
        (new, "Resource", "arn:aws:mq:us-east-1:123456789012:broker:My*", broker, "", true),
        (new, "Resource", "arn:aws:mq:us-east-1:123456789012:broker:my*", broker, "", false),
        (new, "Resource", "arn:aws:mq:us-east-1:123456789012:broker/*", broker, "", false),
        (new, "Resource", "arn:aws:mq:us-east-?:*", broker, "", true),
        (new, "NotResource", "arn:aws:mq:us-east-1:123456789012:broker:My*", broker, "", false),
        (new, "NotResource", "arn:aws:mq:us-west-2:*", broker, "", true),
        (
            new,
            "Resource",
            "arn:aws:s3:::bucket/*/test/*",
            "arn:aws:s3:::bucket/1/2/test/3/object.jpg",
            "",
            true,
        ),
        (new, "Resource", "arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/object.jpg", "", false),
        (
            new,
            "Resource",
            "arn:aws:s3:::bucket/${aws:username}/*",
            "arn:aws:s3:::bucket/bob/x",
            "aws:username=bob",
            true,
        ),
        (
            new,
            "Resource",
            "arn:aws:s3:::bucket/${aws:username}/*",
            "arn:aws:s3:::bucket/eve/x",
            "aws:username=bob",
            false,
        ),
        (new, "Resource", "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3:::bucket//x", "", false),
        (
            old,
            "Resource",
            "arn:aws:s3:::bucket/${aws:username}/*",
            "arn:aws:s3:::bucket/bob/x",
            "aws:username=bob",
            false,
        ),
        (
            old,
            "Resource",
            "arn:aws:s3:::bucket/${aws:username}/*",
            "arn:aws:s3:::bucket/${aws:username}/x",
            "aws:username=bob",
            true,
        ),
        (
            "",
            "Resource",
            "arn:aws:s3:::bucket/${aws:username}/*",
            "arn:aws:s3:::bucket/bob/x",
            "aws:username=bob",
            false,
        ),
        (
            new,
            "Resource",
            "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*",
            "arn:aws:s3:::b/company-wide/x",
            "",
            true,
        ),
        (
            new,
            "Resource",
            "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*",
            "arn:aws:s3:::b/yellow/x",
            "aws:PrincipalTag/team=yellow",
            true,
        ),
        (
            new,
            "Resource",
            "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}/*",
            "arn:aws:s3:::b/company-wide/x",
            "aws:PrincipalTag/team=yellow",
            false,
        ),
        (new, "Resource", "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", "", true),
        (new, "Resource", "arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", "", false),
        (new, "Resource", "arn:aws:s3:::b/${aws:TagKeys}", "arn:aws:s3:::b/a", "aws:TagKeys=[a]", false),
        (new, "NotResource", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/bob", "", true),
    ];
    for (version, element, pattern, resource, written, expected) in rows {
        assert_eq!(
            covers(version, element, pattern, resource, written),
            *expected,
            "{element} {pattern} on {resource}"
        );
    }
}

#[test]
fn actions_are_compared_without_case_and_with_wildcards() {
    let rows = [
        ("Action", "mq:rebootbroker", "mq:RebootBroker", true),
        ("Action", "MQ:*", "mq:RebootBroker", true),
        ("Action", "mq:*Broker", "mq:RebootBroker", true),
        ("Action", "mq:Reboot?roker", "mq:RebootBroker", true),
        ("Action", "*", "mq:RebootBroker", true),
        ("Action", "mq:Reboot", "mq:RebootBroker", false),
        ("NotAction", "mq:Delete*", "mq:RebootBroker", true),
        ("NotAction", "mq:R*", "mq:RebootBroker", false),
    ];
    for (element, pattern, action, expected) in rows {
        let policy = document(&format!(
            r#"{{"Statement":{{"Effect":"Allow","{element}":"{pattern}","Resource":"*"}}}}"#
        ));
        let layers = PolicyLayers { identity: vec![&policy], ..PolicyLayers::default() };
        let decision = decide(&layers, &Request::new(action, Text::known("*")), &ContextTable::new());
        assert_eq!(decision.outcome() == Some(Outcome::Allowed), expected, "{element} {pattern}");
    }
}

#[test]
fn every_layer_has_to_allow_and_one_deny_is_enough() {
    use Outcome::{Allowed, ExplicitDeny, ImplicitDeny};

    let allow = document(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#);
    let other = document(r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#);
    let deny = document(r#"{"Statement":{"Effect":"Deny","Action":"mq:*","Resource":"*"}}"#);
    let identity = |documents: Vec<_>| PolicyLayers { identity: documents, ..PolicyLayers::default() };
    let base = || identity(vec![&allow]);
    let rows: Vec<(PolicyLayers<'_>, Outcome)> = vec![
        (identity(vec![]), ImplicitDeny),
        (identity(vec![&other]), ImplicitDeny),
        (identity(vec![&other, &allow]), Allowed),
        (identity(vec![&allow, &deny]), ExplicitDeny),
        (identity(vec![&deny]), ExplicitDeny),
        (PolicyLayers { boundaries: vec![vec![&allow]], ..base() }, Allowed),
        (PolicyLayers { boundaries: vec![vec![&other]], ..base() }, ImplicitDeny),
        (PolicyLayers { boundaries: vec![vec![&allow]], ..identity(vec![]) }, ImplicitDeny),
        (PolicyLayers { boundaries: vec![vec![&allow, &deny]], ..base() }, ExplicitDeny),
        (PolicyLayers { session: Some(vec![&allow]), ..base() }, Allowed),
        (PolicyLayers { session: Some(vec![]), ..base() }, ImplicitDeny),
        (PolicyLayers { session: Some(vec![&deny]), ..base() }, ExplicitDeny),
        (PolicyLayers { service_control: vec![vec![&allow], vec![&other, &allow]], ..base() }, Allowed),
        (PolicyLayers { service_control: vec![vec![&allow], vec![&other]], ..base() }, ImplicitDeny),
        (PolicyLayers { service_control: vec![vec![], vec![&allow]], ..base() }, ImplicitDeny),
        (PolicyLayers { service_control: vec![vec![&allow, &deny]], ..base() }, ExplicitDeny),
        (PolicyLayers { service_control: vec![vec![&allow]], ..identity(vec![]) }, ImplicitDeny),
    ];
    for (index, (layers, expected)) in rows.iter().enumerate() {
        let decision =
            decide(layers, &Request::new("mq:RebootBroker", Text::known("*")), &ContextTable::new());
        assert_eq!(decision.outcome(), Some(*expected), "row {index}");
    }
}
