//! The text of a reference, and its steps.

use crate::plan::{Key, Name};

/// One step of a reference, with the key behind it.
pub(super) struct Step<'r> {
    pub(super) name: &'r str,
    pub(super) key: Option<Key>,
}

/// Splits a reference at its dots, outside of brackets.
pub(super) fn split(reference: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = reference;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (key, after) = match after.strip_prefix('[') {
            Some(inner) => bracket(inner),
            None => (None, after),
        };
        if !name.is_empty() {
            steps.push(Step { name, key });
        }
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    steps
}

fn bracket(inner: &str) -> (Option<Key>, &str) {
    if let Some(quoted) = inner.strip_prefix('"') {
        let (name, after) = quoted.split_once("\"]").unwrap_or((quoted, ""));
        return (Some(Key::Name(name.replace("\\\"", "\"").replace("\\\\", "\\").into())), after);
    }
    let (index, after) = inner.split_once(']').unwrap_or((inner, ""));
    (index.parse().ok().map(Key::Index), after)
}

/// The references without the prefixes that Terraform lists behind each.
pub(super) fn maximal(references: &[Name]) -> impl Iterator<Item = &str> {
    let mut last: Option<&str> = None;
    references.iter().map(|reference| &**reference).filter(move |reference| {
        // What is there once more is another reference: to what an expression is the key of, say.
        let is_new = !last.is_some_and(|longer| is_prefix(reference, longer));
        last = Some(reference);
        is_new
    })
}

fn is_prefix(reference: &str, longer: &str) -> bool {
    longer.strip_prefix(reference).is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::{is_prefix, split};
    use crate::plan::Key;

    #[test]
    fn references_split_at_dots_outside_of_brackets() {
        let steps = split("module.mq[\"a.b\"].arn");
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["module", "mq", "arn"]);
        assert_eq!(steps[1].key, Some(Key::Name("a.b".into())));
        assert_eq!(split("aws_iam_role.r[0].name")[1].key, Some(Key::Index(0)));
    }

    #[test]
    fn prefixes_end_at_a_step() {
        assert!(is_prefix("aws_mq_broker.a", "aws_mq_broker.a.arn"));
        assert!(is_prefix("aws_mq_broker.a", "aws_mq_broker.a[0].arn"));
        assert!(!is_prefix("aws_mq_broker.a", "aws_mq_broker.ab.arn"));
    }
}
