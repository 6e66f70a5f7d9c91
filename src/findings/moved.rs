//! Addresses as they were before the plan moved what they name.

use std::collections::BTreeMap;

use crate::plan::Plan;

/// By address: where what it names stood before.
#[derive(Debug, Default)]
pub(super) struct Moves<'p> {
    previous: BTreeMap<&'p str, &'p str>,
}

impl<'p> Moves<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let moved = |change: &'p crate::plan::ResourceChange| {
            let previous =
                change.previous_address.as_deref().filter(|before| *before != &*change.address_text);
            previous.map(|before| (&*change.address_text, before))
        };
        Self { previous: plan.resources.iter().filter_map(moved).collect() }
    }

    /// The text with every address in it as it was before; `None` where that changes nothing.
    pub(super) fn undone(&self, text: &str) -> Option<String> {
        if self.previous.is_empty() {
            return None;
        }
        let mut undone = String::new();
        let (mut rest, mut last) = (text, None);
        while let Some(first) = rest.chars().next() {
            let starts = !last.is_some_and(continues_address);
            let found = self.previous.iter().filter(|_| starts).find(|(now, _)| {
                rest.strip_prefix(**now).is_some_and(|after| !after.chars().next().is_some_and(is_longer))
            });
            let taken = if let Some((now, before)) = found {
                undone.push_str(before);
                now.len()
            } else {
                undone.push(first);
                first.len_utf8()
            };
            last = rest.get(..taken).and_then(|taken| taken.chars().next_back());
            rest = rest.get(taken..).unwrap_or_default();
        }
        (undone != text).then_some(undone)
    }
}

/// Whether an address that follows this character began before it.
fn continues_address(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether an address goes on with this character.
fn is_longer(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '[')
}

#[cfg(test)]
mod tests {
    use super::Moves;

    #[test]
    fn whole_addresses_are_replaced_and_no_others() {
        let moves =
            Moves { previous: [("aws_iam_role.b", "aws_iam_role.a"), ("module.n.x.y[0]", "x.y")].into() };
        let undone = |text: &str| moves.undone(text);
        assert_eq!(undone("aws_iam_role.b").as_deref(), Some("aws_iam_role.a"));
        assert_eq!(
            undone("${aws_iam_role.b.name},module.n.x.y[0]").as_deref(),
            Some("${aws_iam_role.a.name},x.y")
        );
        for other in
            ["aws_iam_role.bc", "aws_iam_role.b[0]", "module.m.aws_iam_role.b", "data.aws_iam_role.b", ""]
        {
            assert_eq!(undone(other), None, "{other}");
        }
    }
}
