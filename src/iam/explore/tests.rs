use super::{KeyAnswer, Reason, Verdict, explore};
use crate::iam::{ContextTable, KeyFacts, KeyKind, KeyValue, PolicyDocument, PolicyLayers, Request};
use crate::text::{CharSet, Hole, Run, Shape, Text};

fn free(name: &str, kind: KeyKind, may_be_absent: bool) -> KeyValue {
    KeyValue::Free(KeyFacts { name: name.into(), kind, multivalued: false, may_be_absent, form: None })
}

pub(super) fn context() -> ContextTable {
    let mut table = ContextTable::new();
    for (name, kind, may_be_absent) in [
        ("aws:SourceIp", KeyKind::IpAddress, true),
        ("aws:MultiFactorAuthPresent", KeyKind::Bool, true),
        ("aws:MultiFactorAuthAge", KeyKind::Numeric, true),
        ("aws:CurrentTime", KeyKind::Date, false),
        ("aws:EpochTime", KeyKind::Date, false),
        ("aws:UserAgent", KeyKind::String, false),
        ("aws:SourceVpce", KeyKind::String, true),
        ("aws:username", KeyKind::String, false),
    ] {
        table.insert(name, free(name, kind, may_be_absent));
    }
    for name in ["aws:PrincipalTag/team", "aws:PrincipalTag/owner"] {
        table.insert(name, free("aws:PrincipalTag/${TagKey}", KeyKind::String, true));
    }
    let paths = KeyFacts {
        name: "aws:VpceOrgPaths".into(),
        kind: KeyKind::String,
        multivalued: true,
        may_be_absent: true,
        form: None,
    };
    table.insert("aws:VpceOrgPaths", KeyValue::Free(paths));
    let organization = Hole::new("", "organization", Shape::ANY);
    table.insert("aws:PrincipalOrgID", KeyValue::Unknown(organization.clone()));
    table.insert("aws:ResourceOrgID", KeyValue::Unknown(organization));
    table
}

pub(super) const BROKER: &str = "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-1";

pub(super) fn verdict_with(context: &ContextTable, resource: &Text, statements: &[&Text]) -> Verdict {
    let mut text = Text::builder();
    text.push_str(r#"{"Version":"2012-10-17","Statement":["#);
    for (index, statement) in statements.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," }).push_text(statement);
    }
    let document = PolicyDocument::parse(&text.push_str("]}").finish());
    let layers = PolicyLayers { identity: vec![&document], ..PolicyLayers::default() };
    explore(&layers, &Request::new("mq:RebootBroker", resource.clone()), context)
}

pub(super) fn statement(effect: &str, condition: &str) -> Text {
    Text::known(format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}"#))
}

pub(super) fn verdict(statements: &[(&str, &str)]) -> Verdict {
    let texts: Vec<Text> =
        statements.iter().map(|(effect, condition)| statement(effect, condition)).collect();
    verdict_with(&context(), &Text::known(BROKER), &texts.iter().collect::<Vec<_>>())
}

pub(super) fn pair(verdict: &Verdict, key: &str) -> (KeyAnswer, KeyAnswer) {
    match verdict {
        Verdict::Conditional { allowed_when, denied_when } => {
            (allowed_when[key].clone(), denied_when[key].clone())
        }
        other => panic!("{other:?}"),
    }
}

fn one(text: &str) -> KeyAnswer {
    KeyAnswer::One(text.into())
}

/// Effects and conditions of statements, and the verdict that they give.
type Row = (&'static [(&'static str, &'static str)], &'static str);

const CERTAIN: &[Row] = &[
    (&[("Allow", r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#)], "conditional"),
    (
        &[
            ("Allow", r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#),
            ("Deny", r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#),
        ],
        "conditional",
    ),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalTag/team":"a"}}"#),
            ("Deny", r#"{"StringNotEquals":{"aws:PrincipalTag/team":"b"}}"#),
        ],
        "denied",
    ),
    (
        &[
            ("Allow", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#),
            ("Allow", r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"Null":{"aws:SourceIp":"true"}}"#),
            ("Allow", r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"Null":{"aws:SourceIp":"true"}}"#),
            ("Allow", r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#),
        ],
        "conditional",
    ),
    (
        &[
            ("Allow", r#"{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#),
            ("Allow", r#"{"NumericGreaterThanEquals":{"aws:EpochTime":"1893456000"}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#),
            ("Deny", r#"{"DateLessThan":{"aws:EpochTime":"1893456000"}}"#),
        ],
        "denied",
    ),
    (
        &[
            ("Allow", r#"{"StringLike":{"aws:UserAgent":"a*"}}"#),
            ("Allow", r#"{"StringNotLike":{"aws:UserAgent":"ab*"}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"StringLike":{"aws:UserAgent":"*x*"}}"#),
            ("Deny", r#"{"StringNotLike":{"aws:UserAgent":"??"}}"#),
            ("Deny", r#"{"StringNotEquals":{"aws:UserAgent":["xb","ax","yy"]}}"#),
            ("Deny", r#"{"StringLike":{"aws:UserAgent":["x*","a*"]}}"#),
        ],
        "denied",
    ),
    (
        &[
            ("Allow", r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#),
            ("Allow", r#"{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"299.5"}}"#),
            ("Allow", r#"{"Null":{"aws:MultiFactorAuthAge":true}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#),
            ("Allow", r#"{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"300"}}"#),
            ("Allow", r#"{"Null":{"aws:MultiFactorAuthAge":true}}"#),
        ],
        "conditional",
    ),
    (
        &[
            ("Allow", r#"{"ForAnyValue:StringEquals":{"aws:VpceOrgPaths":"a"}}"#),
            ("Deny", r#"{"ForAnyValue:StringNotEquals":{"aws:VpceOrgPaths":"a"}}"#),
        ],
        "conditional",
    ),
    (
        &[
            ("Allow", r#"{"ForAnyValue:StringEquals":{"aws:VpceOrgPaths":"a"}}"#),
            ("Deny", r#"{"ForAnyValue:StringLike":{"aws:VpceOrgPaths":"?"}}"#),
        ],
        "denied",
    ),
    (
        &[
            ("Allow", r#"{"ForAllValues:StringEquals":{"aws:VpceOrgPaths":"a"}}"#),
            ("Allow", r#"{"ForAnyValue:StringNotEquals":{"aws:VpceOrgPaths":"a"}}"#),
        ],
        "allowed",
    ),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalTag/team":"${aws:PrincipalTag/owner}"}}"#),
            ("Deny", r#"{"StringEquals":{"aws:PrincipalTag/team":"a"}}"#),
            ("Deny", r#"{"StringNotEquals":{"aws:PrincipalTag/owner":"a"}}"#),
        ],
        "denied",
    ),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalTag/team":"${aws:PrincipalTag/owner}"}}"#),
            ("Deny", r#"{"StringEquals":{"aws:PrincipalTag/team":"a"}}"#),
        ],
        "conditional",
    ),
    (
        &[
            ("Allow", "{}"),
            ("Deny", r#"{"StringNotEqualsIfExists":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}}"#),
        ],
        "unknown",
    ),
    (&[("Allow", r#"{"StringEqualsIfExists":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}}"#)], "allowed"),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}"#),
            ("Deny", r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-b"}}"#),
        ],
        "denied",
    ),
    (&[("Allow", r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}"#)], "unknown"),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}"#),
            ("Allow", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#),
        ],
        "unknown",
    ),
    (
        &[
            ("Allow", r#"{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}"#),
            ("Allow", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#),
            ("Deny", r#"{"Null":{"aws:SourceVpce":"false"}}"#),
        ],
        "conditional",
    ),
];

#[test]
fn what_holds_for_every_request_is_certain() {
    for (statements, expected) in CERTAIN {
        let verdict = verdict(statements);
        let name = match &verdict {
            Verdict::Allowed => "allowed",
            Verdict::Denied => "denied",
            Verdict::Conditional { .. } => "conditional",
            Verdict::Unknown { explored, .. } => {
                assert!(*explored, "{statements:?}");
                "unknown"
            }
        };
        assert_eq!(name, *expected, "{statements:?}\n{verdict:?}");
    }
}

#[test]
fn contexts_name_the_keys_that_were_looked_at_with_values_of_their_type() {
    let verdict = verdict(&[
        (
            "Allow",
            r#"{"IpAddress":{"AWS:sourceip":"10.0.0.0/8"},"Bool":{"aws:multifactorauthpresent":"true"}}"#,
        ),
        ("Deny", r#"{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01"}}"#),
    ]);
    let Verdict::Conditional { allowed_when, denied_when } = &verdict else { panic!("{verdict:?}") };
    let keys: Vec<&str> = allowed_when.keys().map(String::as_str).collect();
    assert_eq!(keys, ["aws:CurrentTime", "aws:MultiFactorAuthPresent", "aws:SourceIp"]);
    assert_eq!(denied_when.keys().collect::<Vec<_>>(), allowed_when.keys().collect::<Vec<_>>());
    assert_eq!(allowed_when["aws:MultiFactorAuthPresent"], one("true"));
    assert_eq!(allowed_when["aws:SourceIp"], one("10.0.0.0"));
}

#[test]
fn a_group_policy_with_the_members_name_is_conditional() {
    let allow = Text::known(
        r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:mq:*:*:broker:${aws:username}:*"}"#,
    );
    let verdict = verdict_with(&context(), &Text::known(BROKER), &[&allow]);
    assert_eq!(pair(&verdict, "aws:username").0, one("orders"));
    let id = Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID);
    let new = Text::builder()
        .push_str("arn:aws:mq:eu-west-1:")
        .push_hole(&Hole::account())
        .push_str(":broker:orders:")
        .push_hole(&id)
        .finish();
    let verdict = verdict_with(&context(), &new, &[&allow]);
    assert_eq!(pair(&verdict, "aws:username").0, one("orders"));
    let deny = Text::known(
        r#"{"Effect":"Deny","Action":"*","NotResource":"arn:aws:mq:*:*:broker:${aws:username}:*"}"#,
    );
    let other = statement("Allow", r#"{"StringNotEquals":{"aws:username":"orders"}}"#);
    assert_eq!(verdict_with(&context(), &new, &[&other, &deny]), Verdict::Denied);
}

#[test]
fn what_hangs_on_holes_is_unknown_unless_every_value_gives_the_same() {
    let hole = Hole::new("aws_vpc_endpoint.mq", "id", Shape::ANY);
    let equals = |effect: &str, operator: &str| {
        Text::builder()
            .push_str(&format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{"{operator}":{{"aws:SourceVpce":""#))
            .push_hole(&hole)
            .push_str("\"}}}")
            .finish()
    };
    let everything = statement("Allow", "{}");
    let broker = Text::known(BROKER);
    let because = vec![Reason::Hole(hole.clone())];
    let unknown = Verdict::Unknown { because, explored: true };
    assert_eq!(verdict_with(&context(), &broker, &[&equals("Allow", "StringEquals")]), unknown);
    assert_eq!(verdict_with(&context(), &broker, &[&everything, &equals("Deny", "StringEquals")]), unknown);
    let fresh =
        Hole::new("aws_vpc_endpoint.mq", "id", Shape::new(vec![Run::exactly(8, CharSet::DIGIT)], true));
    let fresh = Text::builder()
        .push_str(
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":""#,
        )
        .push_hole(&fresh)
        .push_str("\"}}}")
        .finish();
    assert!(matches!(verdict_with(&context(), &broker, &[&everything, &fresh]), Verdict::Unknown { .. }));
    // Equal or not, one of the two allows.
    assert_eq!(
        verdict_with(
            &context(),
            &broker,
            &[&equals("Allow", "StringEquals"), &equals("Allow", "StringNotEquals")]
        ),
        Verdict::Allowed,
    );
}

#[test]
fn the_same_question_has_the_same_answer_everywhere() {
    let resource = |element: &str| {
        Text::builder()
            .push_str(&format!(
                r#"{{"Effect":"Allow","Action":"*","{element}":"arn:aws:mq:eu-west-1:111111111111:*"}}"#
            ))
            .finish()
    };
    let broker = Text::builder()
        .push_str("arn:aws:mq:eu-west-1:")
        .push_hole(&Hole::account())
        .push_str(":broker:orders:b-1")
        .finish();
    let (on, but) = (resource("Resource"), resource("NotResource"));
    assert_eq!(verdict_with(&context(), &broker, &[&on, &but]), Verdict::Allowed);
    let unknown = Verdict::Unknown { because: vec![Reason::Hole(Hole::account())], explored: true };
    assert_eq!(verdict_with(&context(), &broker, &[&on]), unknown);
    // Two accounts cannot both be the one.
    let deny = Text::known(r#"{"Effect":"Deny","Action":"*","NotResource":"arn:aws:mq:*:222222222222:*"}"#);
    assert_eq!(verdict_with(&context(), &broker, &[&on, &deny]), Verdict::Denied);
}

#[test]
fn unknown_statements_and_documents_may_allow_and_deny() {
    let hole = Hole::new("data.x.y", "json", Shape::ANY);
    let document = PolicyDocument::unknown(&hole);
    let allow = PolicyDocument::parse(&Text::known(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ));
    let request = Request::new("mq:RebootBroker", Text::known(BROKER));
    let unknown = Verdict::Unknown { because: vec![Reason::Hole(hole.clone())], explored: true };
    let layers = PolicyLayers { identity: vec![&document, &allow], ..PolicyLayers::default() };
    assert_eq!(explore(&layers, &request, &context()), unknown);
    let layers =
        PolicyLayers { identity: Vec::new(), boundaries: vec![vec![&document]], ..PolicyLayers::default() };
    assert_eq!(explore(&layers, &request, &context()), Verdict::Denied);
    let effect = Text::builder()
        .push_str(r#"{"Effect":""#)
        .push_hole(&hole)
        .push_str(r#"","Action":"*","Resource":"*"}"#)
        .finish();
    assert_eq!(verdict_with(&context(), &Text::known(BROKER), &[&effect]), unknown);
    let broken = PolicyDocument::parse(&Text::known(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"yes"}}}}"#,
    ));
    let layers = PolicyLayers { identity: vec![&broken], ..PolicyLayers::default() };
    match explore(&layers, &request, &context()) {
        Verdict::Unknown { because, explored: true } => {
            assert_eq!(
                because,
                broken.problems().iter().cloned().map(Reason::NotUnderstood).collect::<Vec<_>>()
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn many_patterns_of_one_condition_are_one_question() {
    let tools: Vec<String> = (0..40).map(|n| format!(r#""*tool-{n}/*""#)).collect();
    let like = format!(r#"{{"StringLike":{{"aws:UserAgent":[{}]}}}}"#, tools.join(","));
    assert!(matches!(verdict(&[("Allow", &like)]), Verdict::Conditional { .. }));
    assert_eq!(verdict(&[("Allow", &like), ("Deny", &like)]), Verdict::Denied);
}

#[test]
fn a_text_around_a_free_variable_has_an_example() {
    let named = r#"{"StringLike":{"aws:UserAgent":"${aws:SourceVpce}-*"}}"#;
    assert!(matches!(verdict(&[("Allow", named)]), Verdict::Conditional { .. }));
}
