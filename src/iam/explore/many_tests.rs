//! Many patterns on few keys.

use super::Verdict;
use super::tests::verdict;

fn check(statements: &[(&str, String)]) -> Verdict {
    let statements: Vec<(&str, &str)> = statements.iter().map(|(effect, c)| (*effect, c.as_str())).collect();
    verdict(&statements)
}

fn condition(operator: &str, key: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    format!(r#"{{"{operator}":{{"{key}":[{}]}}}}"#, values.join(","))
}

/// Everything is allowed, save where one of the conditions holds.
fn but(count: usize, deny: impl Fn(usize) -> String) -> Vec<(&'static str, String)> {
    let denies = (0..count).map(|n| ("Deny", deny(n)));
    std::iter::once(("Allow", "{}".to_owned())).chain(denies).collect()
}

fn is_conditional(statements: &[(&str, String)]) {
    let verdict = check(statements);
    assert!(matches!(verdict, Verdict::Conditional { .. }), "{statements:?}\n{verdict:?}");
}

#[test]
fn more_patterns_than_all_combinations_of_them_can_be_tried_are_conditional() {
    for count in [7, 16, 40] {
        let word = |n: usize| vec![format!("*word-{n}-*")];
        for (operator, key) in [
            ("StringNotLike", "aws:UserAgent"),
            ("StringNotLikeIfExists", "aws:SourceVpce"),
            ("StringLike", "aws:UserAgent"),
            ("ForAllValues:StringNotLike", "aws:VpceOrgPaths"),
            ("ForAnyValue:StringNotLike", "aws:VpceOrgPaths"),
            ("ForAllValues:StringLike", "aws:VpceOrgPaths"),
            ("StringNotLike", "aws:PrincipalTag/team"),
        ] {
            is_conditional(&but(count, |n| condition(operator, key, &word(n))));
        }
        is_conditional(&but(count, |n| {
            condition(
                "StringNotLike",
                "aws:UserAgent",
                &[format!("*:*@t{n}.example.com"), format!("*:ci-{n}-*")],
            )
        }));
    }
}

#[test]
fn texts_that_a_search_would_not_come_to_are_found() {
    let word = |n: usize| condition("StringNotLike", "aws:UserAgent", &[format!("*word{n}*")]);
    is_conditional(&but(80, word));
    let one_of_three = |n: usize| {
        condition(
            "StringNotLikeIfExists",
            "aws:SourceVpce",
            &[format!("t{n}*"), format!("*-a{n}"), format!("*m{n}*x*")],
        )
    };
    is_conditional(&but(40, one_of_three));
    let behind =
        |n: usize| condition("StringNotLike", "aws:UserAgent", &[format!("*a{}", "?".repeat(n + 3))]);
    is_conditional(&but(20, behind));
}

#[test]
fn values_that_only_lists_have_together_are_conditional() {
    is_conditional(&but(9, |n| {
        condition("ForAllValues:StringNotLike", "aws:VpceOrgPaths", &[format!("o-{n}/*")])
    }));
}

#[test]
fn many_patterns_that_exclude_each_other_are_decided() {
    let like = |n: usize| [format!("team-{n}-*")];
    let allow = |n: usize| ("Allow", condition("StringLike", "aws:UserAgent", &like(n)));
    let deny = |n: usize| ("Deny", condition("StringLike", "aws:UserAgent", &like(n)));
    let both: Vec<_> = (0..40).flat_map(|n| [allow(n), deny(n)]).collect();
    assert_eq!(check(&both), Verdict::Denied);
    let all_but_one: Vec<_> =
        both.into_iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, s)| s).collect();
    is_conditional(&all_but_one);
}

#[test]
fn long_patterns_with_many_stars_have_an_example() {
    let stars = |n: usize| {
        let letters: Vec<String> =
            (0..10).map(|at| ["a", "b", "c"][(n * 7 + at * at * (n + 1)) % 3].to_owned()).collect();
        format!("*{}*", letters.join("*"))
    };
    let any: Vec<String> = (0..9).map(stars).collect();
    is_conditional(&[("Allow", condition("StringLike", "aws:UserAgent", &any))]);
    is_conditional(&but(9, |n| condition("StringNotLike", "aws:UserAgent", &[stars(n)])));
}

#[test]
fn many_addresses_numbers_and_times_are_conditional() {
    is_conditional(&but(130, |n| {
        condition("NotIpAddress", "aws:SourceIp", &[format!("10.{n}.0.0/16"), "192.0.2.0/24".to_owned()])
    }));
    is_conditional(&but(130, |n| condition("NumericEquals", "aws:MultiFactorAuthAge", &[n.to_string()])));
    is_conditional(&but(130, |n| {
        condition("DateLessThan", "aws:CurrentTime", &[format!("20{:02}-01-01T00:00:00Z", n % 90 + 10)])
    }));
}

#[test]
fn many_statements_on_several_keys_are_conditional() {
    let keys = ["aws:UserAgent", "aws:SourceVpce", "aws:PrincipalTag/team", "aws:PrincipalTag/owner"];
    let pattern = |n: usize| format!("*p{n}*");
    let all = |n: usize| {
        let of = |(at, key): (usize, &&str)| {
            let patterns: Vec<String> = (0..4).map(|k| pattern((n * 3 + at * 5 + k * 7) % 10)).collect();
            let list: Vec<String> = patterns.iter().map(|pattern| format!("{pattern:?}")).collect();
            format!(r#""{key}":[{}]"#, list.join(","))
        };
        let tests: Vec<String> = keys.iter().enumerate().map(of).collect();
        format!(r#"{{"StringLike":{{{}}}}}"#, tests.join(","))
    };
    let allows: Vec<(&str, String)> = (0..20).map(|n| ("Allow", all(n))).collect();
    is_conditional(&allows);
}
