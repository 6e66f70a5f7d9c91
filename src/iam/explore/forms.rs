//! The forms of values of each type.

use crate::iam::key::KeyKind;
use crate::text::{CharSet, Hole, Run, Shape, Text};

/// The forms in which values of a type are sent.
pub(super) fn spellings(kind: KeyKind) -> Vec<Text> {
    let digits = |min: u16, max: u16| Run { set: CharSet::DIGIT, min, max: Some(max) };
    let sign = |c: u8| Run::exactly(1, CharSet::only(c));
    let text = |runs: Vec<Run>| Text::hole(Hole::new("", "value", Shape::new(runs, false)));
    match kind {
        KeyKind::Numeric => vec![text(vec![digits(1, 9)])],
        KeyKind::IpAddress => {
            let byte = || [digits(1, 3), sign(b'.')];
            let v4: Vec<Run> = byte().into_iter().chain(byte()).chain(byte()).chain([digits(1, 3)]).collect();
            let group = || Run { set: CharSet::LOWER_HEX, min: 1, max: Some(4) };
            let groups = |count: usize| {
                let after_first = (1..count).flat_map(|_| [sign(b':'), group()]);
                (count > 0).then(group).into_iter().chain(after_first)
            };
            // Two colons stand for one group of zeros or more (RFC 4291).
            let of_heads = |head: usize| (0..=7usize.saturating_sub(head)).map(move |tail| (head, tail));
            let shortened = (0..=7).flat_map(of_heads).map(|(head, tail)| {
                groups(head).chain([sign(b':'), sign(b':')]).chain(groups(tail)).collect()
            });
            [v4, groups(8).collect()].into_iter().chain(shortened).map(text).collect()
        }
        _ => Vec::new(),
    }
}

/// The form of a key's values where nothing but its type is known.
pub(super) fn form_of(kind: KeyKind) -> Text {
    let hole = |runs: Vec<Run>| Hole::new("", "value", Shape::new(runs, false));
    if kind != KeyKind::Arn {
        return Text::hole(hole(vec![Run::at_least(1, CharSet::ANY)]));
    }
    let lower = CharSet::range(b'a', b'z').with(CharSet::DIGIT).with(CharSet::only(b'-'));
    Text::builder()
        .push_str("arn:aws")
        .push_hole(&hole(vec![Run::at_least(0, lower)]))
        .push_str(":")
        .push_hole(&hole(vec![Run::at_least(1, lower)]))
        .push_str(":")
        .push_hole(&hole(vec![Run::at_least(0, lower)]))
        .push_str(":")
        .push_hole(&hole(vec![Run::at_least(0, CharSet::DIGIT)]))
        .push_str(":")
        .push_hole(&hole(vec![Run::at_least(1, CharSet::ANY)]))
        .finish()
}
