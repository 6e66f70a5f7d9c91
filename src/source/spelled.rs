//! Texts in which the certain characters of holes stand as such: every id of a broker begins with `b-`.

use crate::text::{Hole, Piece, Run, Shape, Text};

/// The text with the characters that are certain within its holes spelled out, for questions about the text; what is kept
/// of it keeps its holes whole.
pub(super) fn spelled(text: &Text) -> Text {
    if text.is_known() {
        return text.clone();
    }
    let mut builder = Text::builder();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => {
                builder.push_str(known);
            }
            Piece::Hole(hole) if hole.shape().runs().iter().all(|run| certain(run).is_none()) => {
                builder.push_hole(hole);
            }
            Piece::Hole(hole) => {
                for part in parts(hole) {
                    match part {
                        Part::Certain(character) => builder.push_str(character.encode_utf8(&mut [0; 4])),
                        Part::Open(part) => builder.push_hole(&part),
                    };
                }
            }
        }
    }
    builder.mark_sensitive(text.is_sensitive()).finish()
}

enum Part {
    Certain(char),
    Open(Hole),
}

/// The character that a run certainly is.
fn certain(run: &Run) -> Option<char> {
    run.set.single().filter(|_| (run.min, run.max) == (1, Some(1)))
}

fn parts(hole: &Hole) -> Vec<Part> {
    let runs = hole.shape().runs();
    let mut parts = Vec::new();
    let mut from = 0usize;
    let mut at = 0usize;
    while let Some(run) = runs.get(at) {
        let length = usize::from(run.min);
        if let Some(character) = certain(run) {
            parts.push(Part::Certain(character));
            from = from.saturating_add(length);
            at = at.saturating_add(1);
        } else if run.max == Some(run.min) {
            let to = from.saturating_add(length);
            parts.push(Part::Open(part_of(hole, &format!("characters {from} to {to}"), vec![*run])));
            from = to;
            at = at.saturating_add(1);
        } else {
            // Where a run may have any length, nothing tells where the next one begins.
            let rest = runs.get(at..).unwrap_or_default().to_vec();
            parts.push(Part::Open(part_of(hole, &format!("what follows {from} characters"), rest)));
            break;
        }
    }
    parts
}

fn part_of(hole: &Hole, name: &str, runs: Vec<Run>) -> Hole {
    let inner = hole.expression().unwrap_or_else(|| hole.attribute());
    Hole::of_expression(
        hole.address(),
        hole.attribute(),
        format!("{name} of {inner}"),
        Shape::new(runs, false),
    )
}
