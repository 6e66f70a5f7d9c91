//! What IAM refuses of an identity policy although it can be understood: the policy never comes to exist as it is written.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Sid", "Grammar of the IAM JSON policy language", and the messages of
//! `MalformedPolicyDocument`. Only what is certainly refused is named; wildcards and unknown values are given the benefit
//! of the doubt.

use std::collections::BTreeSet;

use super::document::{PolicyDocument, Problem};
use super::selection::Selection;
use crate::text::Text;

impl PolicyDocument {
    /// What IAM refuses of the document as an identity policy, or as a permissions boundary, each with its place.
    pub fn refused(&self) -> Vec<Problem> {
        let mut refused = Vec::new();
        let mut sids: BTreeSet<&str> = BTreeSet::new();
        for statement in &self.statements {
            let mut refuse = |element: &str, message: String| {
                let place = format!("Statement[{}].{element}", statement.index());
                refused.push(Problem { place, message });
            };
            if let Some(sid) = statement.sid().and_then(Text::as_known).filter(|sid| !sid.is_empty()) {
                if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    refuse("Sid", "an id is made of letters and digits alone".into());
                }
                if !sids.insert(sid) {
                    refuse("Sid", "another statement of the policy has the same id".into());
                }
            }
            for (element, text) in listed(statement.actions(), ["Action", "NotAction"]) {
                if !is_action(text) {
                    refuse(element, format!("{} is no action; write it like `mq:RebootBroker`", shown(text)));
                }
            }
            for (element, text) in listed(statement.resources(), ["Resource", "NotResource"]) {
                if !begins_like_an_arn(text) {
                    refuse(element, format!("{} is neither an ARN nor `*`", shown(text)));
                }
            }
        }
        refused
    }
}

fn listed<'a>(
    selection: Option<&'a Selection>,
    [named, negated]: [&'static str; 2],
) -> impl Iterator<Item = (&'static str, &'a Text)> {
    let element = if selection.is_some_and(Selection::is_negated) { negated } else { named };
    let patterns = selection.into_iter().flat_map(Selection::patterns);
    patterns.map(move |pattern| (element, pattern.source()))
}

fn shown(text: &Text) -> String {
    if text.is_sensitive() { "a value".into() } else { format!("`{text}`") }
}

/// `*`, or a service, a colon and a name.
fn is_action(text: &Text) -> bool {
    let Some(known) = text.as_known() else { return true };
    if !known.is_empty() && known.bytes().all(|byte| byte == b'*') {
        return true;
    }
    let is_service = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | '?');
    known.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && service.chars().all(is_service) && !name.contains(':')
    })
}

/// Whether what is written before the first wildcard may be the beginning of an ARN.
fn begins_like_an_arn(text: &Text) -> bool {
    let Some(known) = text.as_known() else { return true };
    let written = known.split(['*', '?']).next().unwrap_or_default();
    written.starts_with("arn:") || (written.len() < known.len() && "arn:".starts_with(written))
}

#[cfg(test)]
mod tests {
    use super::PolicyDocument;
    use crate::text::Text;

    fn refused(statements: &str) -> Vec<String> {
        let json = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = PolicyDocument::parse(&Text::from(json.as_str()));
        assert!(document.problems().is_empty(), "{:?}", document.problems());
        document.refused().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_iam_refuses_is_found_with_its_place() {
        let sid = |sid: &str| format!(r#"{{"Sid":"{sid}","Effect":"Allow","Action":"*","Resource":"*"}}"#);
        assert_eq!(refused(&[sid("A"), sid("B1"), sid(""), sid("")].join(",")), Vec::<String>::new());
        assert_eq!(
            refused(&[sid("A"), sid("A")].join(",")),
            ["Statement[1].Sid: another statement of the policy has the same id"]
        );
        assert_eq!(refused(&sid("a b")), ["Statement[0].Sid: an id is made of letters and digits alone"]);
        for action in ["", "invalid", "s3:List:Bucket", ":ListBucket", "a a:ListBucket"] {
            let statement = format!(r#"{{"Effect":"Deny","NotAction":["mq:*","{action}"],"Resource":"*"}}"#);
            let expected =
                format!("Statement[0].NotAction: `{action}` is no action; write it like `mq:RebootBroker`");
            assert_eq!(refused(&statement), [expected]);
        }
        for resource in ["", "foo", "aws:s3:::b"] {
            let statement = format!(r#"{{"Effect":"Allow","Action":"mq:*","Resource":"{resource}"}}"#);
            let expected = format!("Statement[0].Resource: `{resource}` is neither an ARN nor `*`");
            assert_eq!(refused(&statement), [expected]);
        }
    }

    #[test]
    fn what_may_be_meant_is_not_refused() {
        for (action, resource) in [
            ("*", "*"),
            ("s3:Get*", "arn:aws:mq:*"),
            ("mq:*", "ar*"),
            ("*:*", "a?n:aws:*"),
            ("x-ray:*", "arn:*"),
        ] {
            let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#);
            assert_eq!(refused(&statement), Vec::<String>::new(), "{action} {resource}");
        }
    }
}
