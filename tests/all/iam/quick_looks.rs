//! Quick looks decide nothing that a long one would decide otherwise.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mqwarden::iam::{ContextTable, Pattern, PatternKind, PolicyDocument, Request, Subject};
use mqwarden::text::{Hole, Shape, Text, Truth};
use proptest::prelude::*;
use proptest::sample::select;

/// Holes, each with values that it can turn out to have.
fn holes() -> Vec<(Hole, Vec<&'static str>)> {
    let of = |name: &str, shape: Shape| Hole::new(format!("x.{name}"), "v", shape);
    vec![
        (of("account", Shape::ACCOUNT_ID), vec!["123456789012", "000000000000"]),
        (of("id", Shape::NEW_BROKER_ID), vec!["b-00000000-0000-4000-8000-00000000000a"]),
        (of("any", Shape::ANY), vec!["", "a", "mq", "a:b", "é", "orders-1", "*"]),
        (of("name", Shape::IAM_NAME), vec!["a", "orders", "Orders.1"]),
    ]
}

/// A piece of a pattern or a text: written, or a hole by its number.
#[derive(Clone, Debug)]
enum Piece {
    Written(&'static str),
    Hole(usize),
}

fn pieces(written: Vec<&'static str>, holes: usize) -> impl Strategy<Value = Vec<Piece>> {
    let hole = (0..holes.max(1)).prop_map(Piece::Hole);
    let written = select(written).prop_map(Piece::Written);
    let weight = u32::from(holes > 0);
    proptest::collection::vec(prop_oneof![4 => written, weight => hole], 1..8)
}

fn open(pieces: &[Piece]) -> Text {
    let holes = holes();
    let mut text = Text::builder();
    for piece in pieces {
        match piece {
            Piece::Written(written) => text.push_str(written),
            Piece::Hole(number) => text.push_hole(&holes[*number].0),
        };
    }
    text.finish()
}

fn closed(pieces: &[Piece], values: &[usize]) -> Text {
    let holes = holes();
    let part = |piece: &Piece| match piece {
        Piece::Written(written) => *written,
        Piece::Hole(number) => holes[*number].1[values[*number] % holes[*number].1.len()],
    };
    pieces.iter().map(part).collect::<String>().as_str().into()
}

fn matches(pattern: Text, kind: PatternKind, subject: Text) -> Option<Truth> {
    let pattern = Pattern::new(pattern, kind, false).ok()?;
    Some(pattern.matches(&Subject::new(subject), &ContextTable::new()))
}

const KINDS: [PatternKind; 3] = [PatternKind::Resource, PatternKind::Action, PatternKind::Arn];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Whatever the holes of the text turn out to be, the answer that was given before stands.
    #[test]
    fn no_value_of_a_hole_contradicts_a_match(
        pattern in pieces(vec!["arn:aws:mq:", "arn:aws:", "*", "?", "eu-west-1:", "broker:", "orders", "o", "b-", "é", ":", ""], 0),
        text in pieces(vec!["arn:aws:mq:", "arn:aws:", "eu-west-1:", "broker:", "orders", "o", "b-", "é", ":", "ORDERS"], 4),
        kind in select(KINDS.to_vec()),
        values in proptest::collection::vec(0usize..8, 4),
    ) {
        let answer = matches(closed(&pattern, &values), kind, open(&text));
        let later = matches(closed(&pattern, &values), kind, closed(&text, &values));
        if let (Some(answer), Some(later)) = (answer, later) {
            prop_assert!(answer.is_maybe() || answer == later, "{answer:?} {later:?}");
        }
    }

    /// The same with holes in both, which are equal to themselves.
    #[test]
    fn no_value_of_a_shared_hole_contradicts_a_match(
        pattern in pieces(vec!["arn:aws:mq:", "*", "?", "broker:", "orders", ":"], 4),
        text in pieces(vec!["arn:aws:mq:", "broker:", "orders", "o", ":"], 4),
        values in proptest::collection::vec(0usize..8, 4),
    ) {
        let answer = matches(open(&pattern), PatternKind::Resource, open(&text));
        let later = matches(closed(&pattern, &values), PatternKind::Resource, closed(&text, &values));
        if let (Some(answer), Some(later)) = (answer, later) {
            prop_assert!(answer.is_maybe() || answer == later, "{answer:?} {later:?}");
        }
    }

    /// What a look at the service leaves of a statement is about the same actions of it.
    #[test]
    fn a_look_at_the_service_leaves_out_nothing(
        lists in proptest::collection::vec(
            proptest::collection::vec(select(vec!["iam:", "IAM:", "i?m:", "s3:Get*", "i*", "*", "s3:", "kms:", "\u{212A}ms:", "Pass*", "Pa", "?", "mq:*"]), 1..4),
            1..20,
        ),
        negated in any::<bool>(),
    ) {
        let actions: Vec<String> = lists.iter().map(|parts| format!("\"{}\"", parts.concat())).collect();
        let element = if negated { "NotAction" } else { "Action" };
        let json = format!(
            r#"{{"Statement":{{"Effect":"Allow","{element}":[{}],"Resource":"*"}}}}"#,
            actions.join(",")
        );
        let document = PolicyDocument::parse(&Text::from(json.as_str()));
        // Entry by entry: a list of one is looked at as it is.
        let listed = |request: &Request| {
            let one = |entry: &String| {
                let json = format!(r#"{{"Statement":{{"Effect":"Allow","Action":{entry},"Resource":"*"}}}}"#);
                let alone = PolicyDocument::parse(&Text::from(json.as_str()));
                alone.statements().iter().any(|one| one.concerns_action(request).is_true())
            };
            Truth::from(actions.iter().any(one) != negated)
        };
        for statement in document.statements() {
            for action in ["iam:PassRole", "kms:CreateGrant", "mq:CreateBroker", "s3:GetObject"] {
                let service = action.split_inclusive(':').next().unwrap();
                let concerned = statement.concerns_action(&Request::new(action, Text::from("*")));
                prop_assert_eq!(concerned, listed(&Request::new(action, Text::from("*"))), "{}", action);
                let about = statement.about(service);
                let narrowed = about.map(|one| one.concerns_action(&Request::new(action, Text::from("*"))));
                prop_assert_eq!(narrowed.unwrap_or(Truth::False), concerned, "{}", action);
            }
        }
    }
}
