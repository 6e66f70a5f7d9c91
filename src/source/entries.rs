//! What loops go over: `for` expressions, directives of templates, dynamic blocks.

use super::sequence::in_order_of_names;
use super::types::part_of;
use super::value::{Kind, Sequence, Value};
use crate::text::{Hole, Text};

/// What a loop goes over.
pub(super) struct Entries {
    /// The keys, and the elements.
    pub(super) items: Vec<(Value, Value)>,
    /// Whether an unknown element may stand for several.
    pub(super) open: bool,
    /// Whether their order hangs on something unknown.
    pub(super) shuffled: bool,
}

/// The keys and elements of a collection; `hole` names the collection.
pub(super) fn entries(collection: &Value, hole: impl Fn() -> Hole) -> Entries {
    match &collection.kind {
        Kind::Sequence(Sequence { items, set: true, open, shuffled }) => Entries {
            items: items.iter().map(|item| (item.clone(), item.clone())).collect(),
            open: *open,
            shuffled: *shuffled,
        },
        Kind::Sequence(Sequence { items, open, shuffled, .. }) => {
            let index = |index: usize| match shuffled {
                false => Value::number(index.into()),
                true => Value::unknown(part_of(&hole(), &format!("; the position of element {index}"))),
            };
            let pair = |(at, item): (usize, &Value)| (index(at), item.clone());
            Entries { items: items.iter().enumerate().map(pair).collect(), open: *open, shuffled: *shuffled }
        }
        Kind::Object(members) => {
            let (members, shuffled) = in_order_of_names(members);
            let pair = |(name, value): (&Text, &Value)| (Value::string(name.clone()), value.clone());
            Entries { items: members.into_iter().map(pair).collect(), open: false, shuffled }
        }
        _ => Entries { items: Vec::new(), open: false, shuffled: false },
    }
}
