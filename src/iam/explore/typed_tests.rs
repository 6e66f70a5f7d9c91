//! Keys of a type in patterns, and variables whose case does not matter.

use super::tests::{BROKER, context, pair, statement, verdict, verdict_with};
use super::{KeyAnswer, Verdict};
use crate::iam::KeyValue;
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
