//! Keys of a type in patterns, and variables whose case does not matter.

use super::tests::{BROKER, context, pair, statement, verdict, verdict_with};
use super::{KeyAnswer, Verdict, explore};
use crate::iam::{KeyValue, PolicyDocument, PolicyLayers, Request};
use crate::text::Text;

fn one(text: &str) -> KeyAnswer {
    KeyAnswer::One(text.into())
}

#[test]
fn an_address_a_number_or_a_time_in_a_pattern_has_an_example() {
    for condition in [
        r#"{"StringEquals":{"aws:SourceVpce":"x${aws:SourceIp}"}}"#,
        r#"{"StringLike":{"aws:UserAgent":"*-${aws:SourceIp}-*"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":"${aws:SourceIp}"}}"#,
        r#"{"StringLike":{"aws:UserAgent":"${aws:MultiFactorAuthAge}/*"},"NumericLessThan":{"aws:MultiFactorAuthAge":"100"}}"#,
        r#"{"StringEquals":{"aws:UserAgent":"at ${aws:CurrentTime}"},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
        r#"{"StringEquals":{"aws:UserAgent":"at ${aws:EpochTime}"},"NumericLessThan":{"aws:EpochTime":"100"}}"#,
        r#"{"StringEquals":{"aws:UserAgent":"${aws:SourceIp} ${aws:MultiFactorAuthPresent}"}}"#,
        r#"{"ForAnyValue:StringEquals":{"aws:VpceOrgPaths":"o/${aws:SourceIp}"}}"#,
    ] {
        let verdict = verdict(&[("Allow", condition)]);
        assert!(matches!(verdict, Verdict::Conditional { .. }), "{condition}\n{verdict:?}");
    }
    let verdict = verdict(&[(
        "Allow",
        r#"{"StringEquals":{"aws:SourceVpce":"x${aws:SourceIp}"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
    )]);
    assert_eq!(pair(&verdict, "aws:SourceVpce").0, one("x10.0.0.0"));
}

#[test]
fn yes_or_no_in_a_pattern_is_decided() {
    let named = r#"{"StringEquals":{"aws:SourceVpce":"x-${aws:MultiFactorAuthPresent}"}}"#;
    let verdict = |more: &[(&str, &str)]| verdict(&[&[("Allow", named)], more].concat());
    assert!(matches!(verdict(&[]), Verdict::Conditional { .. }));
    let not_true = ("Deny", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#);
    let not_false = ("Deny", r#"{"StringEquals":{"aws:SourceVpce":"x-false"}}"#);
    assert!(matches!(verdict(&[not_true]), Verdict::Conditional { .. }));
    assert_eq!(verdict(&[not_true, not_false]), Verdict::Denied);
    let default = r#"{"StringEquals":{"aws:SourceVpce":"x-${aws:MultiFactorAuthPresent, 'none'}"}}"#;
    let absent = super::tests::verdict(&[("Allow", default), not_true, not_false]);
    assert_eq!(pair(&absent, "aws:SourceVpce").0, one("x-none"));
    assert_eq!(pair(&absent, "aws:MultiFactorAuthPresent").0, KeyAnswer::Absent);
}

#[test]
fn each_value_in_a_pattern_has_a_text_of_its_own() {
    let named = r#"{"StringLike":{"aws:UserAgent":"*-${aws:MultiFactorAuthPresent}-*"},"Bool":{"aws:MultiFactorAuthPresent":"VALUE"}}"#;
    for value in ["true", "false"] {
        let condition = named.replace("VALUE", value);
        let allow = verdict(&[("Allow", &condition)]);
        assert!(matches!(allow, Verdict::Conditional { .. }), "{allow:?}");
        let deny = verdict(&[("Allow", "{}"), ("Deny", &condition)]);
        assert!(matches!(deny, Verdict::Conditional { .. }), "{deny:?}");
    }
}

#[test]
fn a_key_that_is_absent_is_tried_however_many_values_there_are() {
    let numbers: Vec<String> =
        (0..1_100).map(|n| format!(r#"{{"NumericEquals":{{"aws:MultiFactorAuthAge":"{n}"}}}}"#)).collect();
    let mut statements = vec![("Allow", r#"{"Null":{"aws:MultiFactorAuthAge":"true"}}"#)];
    statements.extend(numbers.iter().map(|condition| ("Deny", condition.as_str())));
    let verdict = verdict(&statements);
    assert_eq!(pair(&verdict, "aws:MultiFactorAuthAge").0, KeyAnswer::Absent);
}

#[test]
fn values_that_the_key_cannot_have_are_not_found_in_a_resource() {
    let resource = |name: &str, pattern: &str| {
        let allow = Text::known(format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"arn:aws:mq:eu-west-1:123456789012:broker:{pattern}"}}"#
        ));
        let broker = Text::known(BROKER.replace("orders", name));
        verdict_with(&context(), &broker, &[&allow])
    };
    let long = "orders-of-the-department-that-sells";
    for pattern in ["*${aws:MultiFactorAuthPresent}*", "*${aws:SourceIp}*"] {
        assert_eq!(resource(long, pattern), Verdict::Denied, "{pattern}");
    }
    let found = resource(&format!("true-{long}"), "*${aws:MultiFactorAuthPresent}*");
    assert_eq!(pair(&found, "aws:MultiFactorAuthPresent").0, one("true"));
    let found = resource(&format!("{long}-10.0.0.1"), "*${aws:SourceIp}*");
    // A part of the text is an address, too.
    assert_eq!(pair(&found, "aws:SourceIp").0, one("0.0.0.1"));
}

#[test]
fn a_variable_whose_case_does_not_matter_is_decided() {
    let mut context = context();
    context.insert("aws:PrincipalTag/b", KeyValue::one(Text::known("true")));
    let verdict = |pattern: &str, denied: &[&str]| {
        let allow = statement(
            "Allow",
            &format!(r#"{{"StringEqualsIgnoreCase":{{"aws:PrincipalTag/b":"{pattern}"}}}}"#),
        );
        let deny =
            |value: &&str| statement("Deny", &format!(r#"{{"StringLike":{{"aws:SourceVpce":"{value}"}}}}"#));
        let statements: Vec<Text> = std::iter::once(allow).chain(denied.iter().map(deny)).collect();
        verdict_with(&context, &Text::known(BROKER), &statements.iter().collect::<Vec<_>>())
    };
    assert_eq!(verdict("tr${aws:SourceVpce}ue", &[]), Verdict::Denied);
    assert_eq!(verdict("fa${aws:SourceVpce}e", &[]), Verdict::Denied);
    assert!(matches!(verdict("T${aws:SourceVpce}e", &[]), Verdict::Conditional { .. }));
    let allowed = pair(&verdict("t${aws:SourceVpce}e", &["ru", "r*", "RU"]), "aws:SourceVpce").0;
    assert_eq!(allowed, one("Ru"));
    assert_eq!(verdict("t${aws:SourceVpce}e", &["ru", "rU", "Ru", "RU"]), Verdict::Denied);
}

/// Examples are made of values that other conditions name, in whichever document these stand.
#[test]
fn no_example_tells_what_a_secret_policy_says() {
    let document = |effect: &str, condition: &str, is_secret: bool| {
        let statement = statement(effect, condition);
        let mut text = Text::builder();
        text.push_str(r#"{"Version":"2012-10-17","Statement":["#).push_text(&statement).push_str("]}");
        PolicyDocument::parse(&text.finish().mark_sensitive(is_secret))
    };
    for (plain, secret) in [
        (
            r#"{"StringLike":{"aws:UserAgent":"${aws:SourceIp}"}}"#,
            r#"{"StringNotLike":{"aws:UserAgent":"203.0.113.77"}}"#,
        ),
        (
            r#"{"StringEquals":{"aws:SourceVpce":"x-${aws:SourceIp}"}}"#,
            r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.77"}}"#,
        ),
    ] {
        let (plain, secret) = (document("Allow", plain, false), document("Deny", secret, true));
        let layers = PolicyLayers { identity: vec![&plain, &secret], ..PolicyLayers::default() };
        let verdict = explore(&layers, &Request::new("mq:RebootBroker", Text::known(BROKER)), &context());
        assert!(matches!(verdict, Verdict::Conditional { .. }), "{verdict:?}");
        assert!(!format!("{verdict:?}").contains("203.0.113.77"), "{verdict:?}");
    }
}
