//! Principals and brokers by what people call them.

use petgraph::graph::NodeIndex;

use super::{Graph, PerState};
use crate::text::Text;

/// A word that names no principal or broker of the plan, or several.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// Nothing goes by it.
    #[error("`{word}` is no {what} of this plan; {}", near(candidates, *are_alike))]
    Nothing {
        /// `principal` or `broker`.
        what: &'static str,
        /// The word.
        word: String,
        /// What is called alike, or all there is.
        candidates: Vec<String>,
        /// Whether they are called alike.
        are_alike: bool,
    },
    /// More than one thing goes by it.
    #[error("`{word}` names several {what}s of this plan: write one of {}", candidates.join(", "))]
    Several {
        /// `principal` or `broker`.
        what: &'static str,
        /// The word.
        word: String,
        /// Their ids.
        candidates: Vec<String>,
    },
}

/// Names listed in an error.
const MOST_NAMES: usize = 8;

fn near(candidates: &[String], are_alike: bool) -> String {
    match candidates {
        [] => "there is none".into(),
        _ if are_alike => format!("did you mean {}?", candidates.join(" or ")),
        [only] => format!("there is {only}"),
        all => format!("there are {}", all.join(", ")),
    }
}

/// What something is called.
struct Called {
    id: String,
    also: Vec<String>,
}

impl Graph {
    /// The position of the principal with this id, name or ARN.
    pub fn find_principal(&self, word: &str) -> Result<usize, NotFound> {
        let called = |&node: &NodeIndex| {
            let principal = self.principal(node);
            let also = principal.map(|principal| names(&principal.facts, |facts| [&facts.name, &facts.arn]));
            Called {
                id: principal.map(|principal| principal.id.to_string()).unwrap_or_default(),
                also: also.unwrap_or_default(),
            }
        };
        find("principal", word, &self.principals.iter().map(called).collect::<Vec<_>>())
    }

    /// The position of the broker with this id, name or ARN.
    pub fn find_broker(&self, word: &str) -> Result<usize, NotFound> {
        let called = |&node: &NodeIndex| {
            let broker = self.broker(node);
            let also = broker.map(|broker| names(&broker.facts, |facts| [&facts.name, &facts.arn]));
            Called {
                id: broker.map(|broker| broker.id.to_string()).unwrap_or_default(),
                also: also.unwrap_or_default(),
            }
        };
        find("broker", word, &self.brokers.iter().map(called).collect::<Vec<_>>())
    }
}

/// Name and ARN in both states, as far as they may be shown.
fn names<F>(facts: &PerState<Option<F>>, of: impl Fn(&F) -> [&Text; 2]) -> Vec<String> {
    let states = [&facts.before, &facts.after].into_iter().flatten();
    let texts = states.flat_map(of).filter(|text| !text.is_sensitive());
    texts.map(ToString::to_string).collect()
}

fn find(what: &'static str, word: &str, all: &[Called]) -> Result<usize, NotFound> {
    if let Some(position) = all.iter().position(|called| called.id == word) {
        return Ok(position);
    }
    let named = all.iter().enumerate().filter(|(_, called)| called.also.iter().any(|name| name == word));
    let named: Vec<(usize, &Called)> = named.collect();
    let ids = |found: Vec<&Called>| -> Vec<String> {
        let mut ids: Vec<String> = found.iter().take(MOST_NAMES).map(|called| called.id.clone()).collect();
        if found.len() > MOST_NAMES {
            ids.push("…".into());
        }
        ids
    };
    match named.as_slice() {
        [(position, _)] => Ok(*position),
        [] => {
            let lower = word.to_lowercase();
            let alike = |called: &&Called| {
                std::iter::once(&called.id).chain(&called.also).any(|name| {
                    let name = name.to_lowercase();
                    name.contains(&lower) || lower.contains(&name)
                })
            };
            let mut candidates: Vec<&Called> = all.iter().filter(alike).collect();
            let are_alike = !candidates.is_empty();
            if !are_alike {
                candidates = all.iter().collect();
            }
            Err(NotFound::Nothing { what, word: word.into(), candidates: ids(candidates), are_alike })
        }
        several => {
            let candidates = ids(several.iter().map(|(_, called)| *called).collect());
            Err(NotFound::Several { what, word: word.into(), candidates })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Called, find};

    fn all() -> Vec<Called> {
        let called = |id: &str, name: &str| Called { id: id.into(), also: vec![name.into()] };
        vec![
            called("aws_iam_role.ops", "operators"),
            called("aws_iam_user.ada", "ada"),
            called("aws_iam_group.ada", "ada"),
        ]
    }

    #[test]
    fn things_are_found_by_id_and_by_name() {
        assert_eq!(find("principal", "aws_iam_role.ops", &all()), Ok(0));
        assert_eq!(find("principal", "operators", &all()), Ok(0));
    }

    #[test]
    fn what_is_not_there_or_not_one_says_what_is() {
        let error = find("principal", "ada", &all()).unwrap_err().to_string();
        assert!(error.contains("several") && error.contains("aws_iam_group.ada"), "{error}");
        let error = find("principal", "OPS", &all()).unwrap_err().to_string();
        assert!(error.contains("aws_iam_role.ops") && !error.contains("ada"), "{error}");
    }
}
