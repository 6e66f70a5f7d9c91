//! Names that people write for actions of Amazon MQ and that do not exist, with what is meant.
//!
//! Source: policies in public repositories; the names of the same actions in other services of AWS; Amazon MQ Developer
//! Guide, "Amazon MQ broker authentication and authorization", for messages.

use super::actions::{ACTIONS, SERVICE};

/// What a name that does not exist stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// An action of another name.
    Action(&'static str),
    /// What clients do with the broker itself, which IAM has no say in.
    Messaging,
    /// Nothing known.
    Unknown,
}

/// Sorted by name, in lower case.
const NAMES: &[(&str, Meant)] = &[
    ("addtags", Meant::Action("CreateTags")),
    ("connect", Meant::Messaging),
    ("consume", Meant::Messaging),
    ("createbrokers", Meant::Action("CreateBroker")),
    ("deletemessage", Meant::Messaging),
    ("deletetag", Meant::Action("DeleteTags")),
    ("describebrokers", Meant::Action("ListBrokers")),
    ("describeconfigurations", Meant::Action("ListConfigurations")),
    ("describetags", Meant::Action("ListTags")),
    ("getbroker", Meant::Action("DescribeBroker")),
    ("getconfiguration", Meant::Action("DescribeConfiguration")),
    ("listtagsforresource", Meant::Action("ListTags")),
    ("modifybroker", Meant::Action("UpdateBroker")),
    ("modifyconfiguration", Meant::Action("UpdateConfiguration")),
    ("publish", Meant::Messaging),
    ("putmessage", Meant::Messaging),
    ("receive", Meant::Messaging),
    ("receivemessage", Meant::Messaging),
    ("removetags", Meant::Action("DeleteTags")),
    ("restartbroker", Meant::Action("RebootBroker")),
    ("send", Meant::Messaging),
    ("sendmessage", Meant::Messaging),
    ("subscribe", Meant::Messaging),
    ("tagresource", Meant::Action("CreateTags")),
    ("untagresource", Meant::Action("DeleteTags")),
];

/// What an action of Amazon MQ that does not exist stands for, by its name with or without the service's prefix: a name
/// that people use for it, or one that differs by two characters at most.
pub fn meant(action: &str) -> Meant {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let lower = name.to_ascii_lowercase();
    if let Ok(found) = NAMES.binary_search_by(|(known, _)| (*known).cmp(&lower)) {
        return NAMES.get(found).map_or(Meant::Unknown, |(_, meant)| *meant);
    }
    let near =
        ACTIONS.iter().map(|action| (distance(&action.name.to_ascii_lowercase(), &lower), action.name));
    match near.min() {
        Some((distance, name)) if distance <= 2 => Meant::Action(name),
        _ => Meant::Unknown,
    }
}

/// The name of an action with the service's prefix.
pub fn qualified(name: &str) -> String {
    format!("{SERVICE}:{name}")
}

/// How many characters have to be added, removed or replaced to make the one text the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, c) in a.chars().enumerate() {
        let mut next = vec![line.saturating_add(1)];
        for (column, other) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&row, column).saturating_add(usize::from(c != *other));
            let added = at(&row, column.saturating_add(1)).min(at(&next, column)).saturating_add(1);
            next.push(replaced.min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Meant, NAMES, distance, meant};
    use crate::aws::actions;

    #[test]
    fn the_table_is_sorted_and_names_no_action_that_exists() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (name, meant) in NAMES {
            assert_eq!(actions::find(&format!("mq:{name}")), None, "{name}");
            if let Meant::Action(action) = meant {
                assert!(actions::find(&format!("mq:{action}")).is_some(), "{action}");
            }
        }
    }

    #[test]
    fn near_names_are_guessed_and_others_are_not() {
        assert_eq!(meant("mq:RebotBroker"), Meant::Action("RebootBroker"));
        assert_eq!(meant("MQ:DELETETAG"), Meant::Action("DeleteTags"));
        assert_eq!(meant("mq:SendMessage"), Meant::Messaging);
        assert_eq!(meant("mq:Frobnicate"), Meant::Unknown);
        assert_eq!((distance("", "ab"), distance("abc", "abc"), distance("abc", "adc")), (2, 0, 1));
    }
}
