//! Tests of the engine across its parts.

use super::{
    Context, ContextTable, Decision, KeyValue, Outcome, PolicyDocument, PolicyLayers, Request, decide,
};
use crate::text::{Hole, Shape, Text, Truth};

fn identity(policy: &PolicyDocument, request: &Request, context: &impl Context) -> Decision {
    decide(&PolicyLayers { identity: vec![policy], ..PolicyLayers::default() }, request, context)
}

fn allow_on(resource: &Text) -> PolicyDocument {
    let text = Text::builder()
        .push_str(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"mq:*","Resource":""#)
        .push_text(resource)
        .push_str("\"}}")
        .finish();
    let document = PolicyDocument::parse(&text);
    assert!(document.problems().is_empty(), "{:?}", document.problems());
    document
}

fn arn(account: &Text, id: &Text) -> Text {
    Text::builder()
        .push_str("arn:aws:mq:eu-west-1:")
        .push_text(account)
        .push_str(":broker:orders:")
        .push_text(id)
        .finish()
}

fn truth(resource: &Text, request_resource: &Text) -> Truth {
    let request = Request::new("mq:RebootBroker", request_resource.clone());
    identity(&allow_on(resource), &request, &ContextTable::new()).allowed
}

#[test]
fn a_broker_that_does_not_exist_yet_matches_its_own_arn_for_certain() {
    let account = Text::hole(Hole::account());
    let a = Text::hole(Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID));
    let b = Text::hole(Hole::new("aws_mq_broker.b", "id", Shape::NEW_BROKER_ID));
    let known = Text::known("123456789012");
    let new = arn(&account, &a);
    assert_eq!(truth(&new, &new), Truth::True);
    assert_eq!(truth(&arn(&account, &b), &new), Truth::False);
    assert_eq!(truth(&arn(&known, &a), &new), Truth::Maybe);
    assert_eq!(truth(&arn(&Text::known("*"), &a), &new), Truth::True);
    assert_eq!(truth(&arn(&Text::known("????????????"), &a), &new), Truth::True);
    assert_eq!(truth(&arn(&Text::known("1*"), &a), &new), Truth::Maybe);
    assert_eq!(truth(&arn(&Text::known("a*"), &a), &new), Truth::False);
    let pinned = Text::known("b-1234abcd-12ab-34cd-56ef-1234567890ab");
    assert_eq!(truth(&arn(&account, &pinned), &new), Truth::False);
    assert_eq!(truth(&arn(&account, &a), &arn(&account, &pinned)), Truth::False);
    assert_eq!(truth(&arn(&account, &Text::known("b-*")), &new), Truth::True);
    assert_eq!(truth(&arn(&account, &Text::known("b-1*")), &new), Truth::Maybe);
    assert_eq!(truth(&arn(&account, &Text::known("b-x*")), &new), Truth::False);
    assert_eq!(truth(&Text::known("arn:aws:mq:*:*:broker:*"), &new), Truth::True);
    assert_eq!(truth(&Text::known("arn:aws:mq:*:broker:invoices:*"), &new), Truth::False);
    assert_eq!(truth(&Text::known("*orders*"), &new), Truth::True);
    assert_eq!(truth(&Text::known("*abc*"), &new), Truth::Maybe);
    assert_eq!(truth(&Text::known("*-????????????"), &new), Truth::True);
}

#[test]
fn a_hole_of_the_policy_may_bring_wildcards_but_equals_itself() {
    let any = Text::hole(Hole::new("random_pet.x", "id", Shape::ANY));
    let name =
        Text::builder().push_str("arn:aws:mq:eu-west-1:1:broker:").push_text(&any).push_str(":*").finish();
    let broker =
        Text::builder().push_str("arn:aws:mq:eu-west-1:1:broker:").push_text(&any).push_str(":b-1").finish();
    assert_eq!(truth(&name, &broker), Truth::True);
    assert_eq!(truth(&name, &Text::known("arn:aws:mq:eu-west-1:1:broker:orders:b-1")), Truth::Maybe);
    assert_eq!(truth(&name, &Text::known("arn:aws:mq:eu-west-2:1:broker:orders:b-1")), Truth::False);
}

#[test]
fn variables_bring_text_not_wildcards() {
    let policy = PolicyDocument::parse(&Text::known(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"mq:*","Resource":"arn:aws:mq:eu-west-1:1:broker:${aws:username}:*"}}"#,
    ));
    let request = Request::new("mq:RebootBroker", Text::known("arn:aws:mq:eu-west-1:1:broker:alice:b-1"));
    let mut context = ContextTable::new();
    assert_eq!(identity(&policy, &request, &context).outcome(), Some(Outcome::ImplicitDeny));
    context.insert("AWS:UserName", KeyValue::one("alice"));
    assert_eq!(identity(&policy, &request, &context).outcome(), Some(Outcome::Allowed));
    context.insert("aws:username", KeyValue::one("*"));
    assert_eq!(identity(&policy, &request, &context).outcome(), Some(Outcome::ImplicitDeny));
}

#[test]
fn what_cannot_be_understood_may_apply_and_is_reported_in_full() {
    let policy = PolicyDocument::parse(&Text::known(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"allow","Action":"mq:*","Resource":"*"},
            {"Effect":"Allow","Action":"mq:*","Resource":"*","Condition":{"StringEqual":{"aws:x":"1"},"NumericEquals":{"aws:y":"one"}}},
            {"Effect":"Allow","Actions":"mq:*","Resource":7}]}"#,
    ));
    let places: Vec<String> = policy.problems().iter().map(ToString::to_string).collect();
    assert_eq!(places.len(), 6, "{places:#?}");
    let request = Request::new("mq:RebootBroker", Text::known("x"));
    let decision = identity(&policy, &request, &ContextTable::new());
    assert_eq!((decision.allowed, decision.denied), (Truth::Maybe, Truth::Maybe));
    for broken in ["", "nonsense", "[]", "{}", "{\"Statement\":[]} x"] {
        let decision = identity(&PolicyDocument::parse(&Text::known(broken)), &request, &ContextTable::new());
        assert_eq!((decision.allowed, decision.denied), (Truth::Maybe, Truth::Maybe), "{broken}");
    }
}

/// What a Deny and an Allow say where one of them has a part that nobody can read: neither counts for certain, and neither
/// is taken for one that never applies.
#[test]
fn parts_that_cannot_be_read_leave_a_statement_open() {
    let request = Request::new("mq:DeleteBroker", Text::known("x"));
    for rest in [
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":null}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":[null]}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":["y",null]}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":{}}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":[["y"]]}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:x":"y"},"StringEquals":{"aws:x":"z"}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:x":"y","aws:x":"z"}}"#,
        r#""Action":"mq:*","Resource":"*","Condition":{"StringEquals":{"aws:x":"y"}},"Condition":{}"#,
        r#""Action":"s3:*","Action":"mq:*","Resource":"*""#,
        r#""Action":"mq:*","Resource":"z","Resource":"*""#,
        r#""Action":["mq:*",5],"Resource":"*""#,
        r#""Action":"mq:*","Resource":["*",null]"#,
    ] {
        for (effect, expected) in
            [("Allow", (Truth::Maybe, Truth::False)), ("Deny", (Truth::False, Truth::Maybe))]
        {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}",{rest}}}}}"#);
            let policy = PolicyDocument::parse(&Text::known(&*text));
            let decision = identity(&policy, &request, &ContextTable::new());
            assert_eq!((decision.allowed, decision.denied), expected, "{text}");
            assert!(!policy.problems().is_empty(), "{text}");
        }
    }
}
