//! The values of a policy variable that make a pattern match a text.

use crate::iam::glob;
use crate::iam::holes;
use crate::iam::key::{Context, KeyName, KeyState};
use crate::iam::pattern::Pattern;
use crate::iam::subject::Subject;
use crate::iam::token::{Element, Reach, Sequence, Token, Tokens};
use crate::text::{CharSet, Hole, Piece, Run, Shape, Text};

/// Values of the variable.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) values: Vec<String>,
    /// Whether no other value makes the pattern match.
    pub(super) complete: bool,
    /// Whether the values do so in upper and lower case alike.
    pub(super) folding: bool,
}

/// Beyond these, the values are not all tried.
const MOST_VALUES: usize = 64;
const LONGEST_TEXT: usize = 512;

/// The values of `key` with which `pattern` may match `subject`, of the texts that are values of the key.
///
/// The text is cut into what stands before, in and behind the first occurrence of the variable. A cut inside of a
/// hole gives no value that could be named; that there is one is then told by `complete`.
pub(super) fn derive<C: Context + ?Sized>(
    pattern: &Pattern,
    key: &KeyName,
    subject: &Subject,
    is_value: impl Fn(&str) -> bool,
    context: &C,
) -> Derived {
    let is_own = |element: &Element| matches!(element, Element::Variable(variable) if variable.key == *key);
    let Some(at) = pattern.elements().iter().position(is_own) else {
        return Derived { complete: true, ..Derived::default() };
    };
    let (before, behind) = pattern.elements().split_at_checked(at).unwrap_or_default();
    let behind = behind.get(1..).unwrap_or_default();
    let fold = pattern.fold();
    let (Some(before), Some(behind)) = (resolve(before, fold, context), resolve(behind, fold, context))
    else {
        return Derived { complete: true, ..Derived::default() };
    };
    let cuts = cuts(subject.text());
    if cuts.len() > LONGEST_TEXT {
        return Derived::default();
    }
    let starts: Vec<bool> = cuts.iter().map(|cut| may_match(&before, &cut.before)).collect();
    let ends: Vec<bool> = cuts.iter().map(|cut| may_match(&behind, &cut.behind)).collect();
    let mut found = Derived { values: Vec::new(), complete: true, folding: fold };
    for (start, from) in cuts.iter().enumerate().filter(|(start, _)| starts.get(*start) == Some(&true)) {
        for (_, to) in cuts.iter().enumerate().skip(start).filter(|(end, _)| ends.get(*end) == Some(&true)) {
            match (from.at, to.at) {
                (Some((piece, first)), Some((other, last))) if piece == other => {
                    let literal = subject.pieces().nth(piece);
                    if let Some(Piece::Literal(literal)) = literal
                        && let Some(value) = literal.get(first..last)
                        && is_value(value)
                        && !found.values.iter().any(|known| known == value)
                    {
                        if found.values.len() >= MOST_VALUES {
                            found.complete = false;
                            return found;
                        }
                        found.values.push(value.to_owned());
                    }
                }
                // The same place between two pieces: the empty text.
                (Some(from), Some(to)) if is_same_place(from, to, subject.text()) => {}
                _ => found.complete = false,
            }
        }
    }
    found
}

fn is_same_place(from: (usize, usize), to: (usize, usize), text: &Text) -> bool {
    let ends = |(piece, at): (usize, usize)| matches!(text.pieces().nth(piece), Some(Piece::Literal(literal)) if literal.len() == at);
    to.0 == from.0.saturating_add(1) && to.1 == 0 && ends(from)
}

/// The elements as tokens, where other variables hold anything if they are not fixed; nothing if one has no value.
fn resolve<'a, C: Context + ?Sized>(
    elements: &'a [Element],
    fold: bool,
    context: &'a C,
) -> Option<Tokens<'a>> {
    let mut tokens = Tokens::empty(fold);
    for (at, element) in elements.iter().enumerate() {
        match element {
            Element::Variable(variable) => match context.key(&variable.key) {
                KeyState::Present { values: [value], multivalued: false } => {
                    for piece in value.text().pieces() {
                        tokens.push(match piece {
                            Piece::Literal(text) => Token::Text(text),
                            Piece::Hole(hole) => Token::Hole { hole, wild: false },
                        });
                    }
                }
                KeyState::Present { .. } | KeyState::Absent => {
                    tokens.push(Token::Text(variable.default.as_deref()?));
                }
                KeyState::Free(_) | KeyState::Unknown(_) => tokens.push(Token::Anything),
            },
            // How far a wildcard reaches hangs on what the variable holds.
            Element::One(Reach::Part) => tokens.push(Token::One(Reach::Unsure)),
            Element::Star(Reach::Part) => tokens.push(Token::Star(Reach::Unsure)),
            _ => tokens.push(elements.at(at)?),
        }
    }
    Some(tokens)
}

fn may_match(tokens: &Tokens<'_>, subject: &Subject) -> bool {
    let open = (0..).map_while(|at| tokens.at(at)).any(|token| {
        matches!(
            token,
            Token::Hole { .. } | Token::Anything | Token::One(Reach::Unsure) | Token::Star(Reach::Unsure)
        )
    });
    match subject.as_known() {
        Some(text) if !open => glob::matches(tokens, text, tokens.fold),
        _ => !holes::matches(tokens, subject).is_false(),
    }
}

/// A place at which a text can be cut.
struct Cut {
    before: Subject,
    behind: Subject,
    /// The piece and the byte in it; nothing inside of a hole.
    at: Option<(usize, usize)>,
}

fn cuts(text: &Text) -> Vec<Cut> {
    let pieces: Vec<Piece<'_>> = text.pieces().collect();
    let join = |pieces: &[Piece<'_>]| {
        let mut builder = Text::builder();
        for piece in pieces {
            builder.push_piece(*piece);
        }
        builder
    };
    let mut cuts = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let head = pieces.get(..index).unwrap_or_default();
        let tail = pieces.get(index.saturating_add(1)..).unwrap_or_default();
        match piece {
            Piece::Literal(literal) => {
                for at in literal.char_indices().map(|(at, _)| at).chain([literal.len()]) {
                    let (left, right) = literal.split_at_checked(at).unwrap_or((literal, ""));
                    let before = join(head).push_str(left).finish();
                    let behind = {
                        let mut builder = Text::builder();
                        builder.push_str(right);
                        for piece in tail {
                            builder.push_piece(*piece);
                        }
                        builder.finish()
                    };
                    cuts.push(Cut {
                        before: Subject::new(before),
                        behind: Subject::new(behind),
                        at: Some((index, at)),
                    });
                }
            }
            Piece::Hole(hole) => {
                let part = part_of(hole);
                let before = join(head).push_hole(&part).finish();
                let mut builder = Text::builder();
                builder.push_hole(&part);
                for piece in tail {
                    builder.push_piece(*piece);
                }
                cuts.push(Cut {
                    before: Subject::new(before),
                    behind: Subject::new(builder.finish()),
                    at: None,
                });
            }
        }
    }
    if pieces.is_empty() {
        cuts.push(Cut { before: Subject::from(""), behind: Subject::from(""), at: Some((0, 0)) });
    }
    cuts
}

/// A part of a value: any number of the characters that can stand in it.
fn part_of(hole: &Hole) -> Hole {
    let empty: Option<CharSet> = None;
    let set = hole
        .shape()
        .runs()
        .iter()
        .fold(empty, |all, run| Some(all.map_or(run.set, |all: CharSet| all.with(run.set))));
    let run = Run::at_least(0, set.unwrap_or(CharSet::ANY));
    Hole::new("", "part of a value", Shape::new(vec![run], false))
}
