//! What is wrong with a resource pattern that no ARN of Amazon MQ matches, and what to write instead.

use std::sync::{Mutex, PoisonError};

use super::about_mq::matches;
use super::arn_repair::{Repair, View, is_id};
use crate::aws::arn::{any_broker, any_configuration};
use crate::hash::HashMap;
use crate::iam::{Pattern, Subject};
use crate::text::{Text, Truth};

/// The ARNs that a pattern is held against.
pub(super) struct Shapes {
    broker: Subject,
    configuration: Subject,
    /// By the source of a pattern: whether it matches the ARN of some broker.
    known: Mutex<HashMap<Text, bool>>,
}

impl Shapes {
    pub(super) fn new() -> Self {
        Self {
            broker: Subject::new(any_broker()),
            configuration: Subject::new(any_configuration()),
            known: Mutex::default(),
        }
    }

    /// Whether the pattern matches the ARN of some broker.
    pub(super) fn fits_broker(&self, pattern: &Pattern) -> bool {
        // Only a pattern without variables is told by its source alone.
        if pattern.has_variables() {
            return self.is_broker(pattern);
        }
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fits) = known().get(pattern.source()) {
            return *fits;
        }
        let fits = self.is_broker(pattern);
        known().insert(pattern.source().clone(), fits);
        fits
    }

    fn is_broker(&self, pattern: &Pattern) -> bool {
        // Wildcards cross colons, and a broker can be called `configuration`; that is not what such an ARN is for.
        let view = View::of(pattern.source());
        let resource = view.text.splitn(6, ':').nth(5).unwrap_or_default();
        !resource.starts_with("configuration:") && matches(pattern, &self.broker) != Truth::False
    }

    /// Whether the pattern matches the ARN of some configuration.
    pub(super) fn fits_configuration(&self, pattern: &Pattern) -> bool {
        matches(pattern, &self.configuration) != Truth::False
    }

    /// What is wrong with a pattern; `None` where nothing is for certain.
    pub(super) fn mistake(&self, pattern: &Pattern) -> Option<Mistake> {
        let source = pattern.source();
        if source.is_sensitive() {
            return None;
        }
        let view = View::of(source);
        if self.fits_broker(pattern) || self.fits_configuration(pattern) {
            // It matches a broker whose name begins like an id: nobody calls a broker so.
            let resource = view.text.splitn(6, ':').nth(5)?;
            let name = resource.strip_prefix("broker:").filter(|name| is_id(name))?;
            let mut repaired = Repair::default();
            let problem = format!("`{name}` stands where the name of the broker belongs");
            repaired.problems.push(problem);
            repaired.text = view.text.replace(&format!("broker:{name}"), &format!("broker:*:{name}"));
            return Some(repaired.finish(&view));
        }
        if view.text.contains("${") && pattern.variables().next().is_none() {
            let problem =
                "a policy variable is plain text in a document whose version is not 2012-10-17".into();
            let repaired = Repair { text: view.text.clone(), problems: vec![problem] };
            return Some(repaired.finish(&view));
        }
        Some(Repair::of(&view.text).finish(&view))
    }
}

/// What is wrong with a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The pattern as it is written.
    pub(super) written: String,
    /// What is wrong.
    pub(super) problem: String,
    /// What to write.
    pub(super) instead: String,
}

#[cfg(test)]
mod tests {
    use super::Shapes;
    use crate::iam::{Pattern, PatternKind};
    use crate::text::{Hole, Text};

    fn mistake(source: Text) -> Option<(String, String)> {
        let pattern = Pattern::new(source, PatternKind::Resource, true).unwrap();
        Shapes::new().mistake(&pattern).map(|mistake| (mistake.problem, mistake.instead))
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        let uuid = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9".replace(['g', 'h', 'i', 'j', 'k', 'l'], "0");
        let account = "arn:aws:mq:eu-west-1:123456789012";
        for (written, problem, instead) in [
            (format!("{account}:broker/*"), "set apart by `:`, not by `/`", format!("{account}:broker:*")),
            (
                format!("{account}:broker/orders"),
                "the id of the broker is missing",
                format!("{account}:broker:orders:*"),
            ),
            (
                format!("{account}:broker/orders/{uuid}"),
                "not by `/`",
                format!("{account}:broker:orders:{uuid}"),
            ),
            (
                format!("{account}:broker:b-*"),
                "where the name of the broker belongs",
                format!("{account}:broker:*:b-*"),
            ),
            (
                format!("{account}:broker:{uuid}"),
                "the name of the broker is missing",
                format!("{account}:broker:*:{uuid}"),
            ),
            (
                format!("{account}:broker::{uuid}"),
                "the name of the broker is missing",
                format!("{account}:broker:*:{uuid}"),
            ),
            (
                format!("{account}:broker:orders"),
                "the id of the broker is missing",
                format!("{account}:broker:orders:*"),
            ),
            (
                format!("{account}:broker:orders:1"),
                "`1` is no id of a broker",
                format!("{account}:broker:orders:*"),
            ),
            (
                format!("{account}:Brokers:orders:*"),
                "the type of resource is `broker`",
                format!("{account}:broker:orders:*"),
            ),
            (
                format!("{account}:queue:orders"),
                "neither a broker nor a configuration",
                format!("{account}:broker:NAME:*"),
            ),
            (
                format!("{account}:configuration:orders"),
                "by its id (`c-…`)",
                format!("{account}:configuration:c-ID"),
            ),
            (format!("{account}:configuration/*"), "not by `/`", format!("{account}:configuration:*")),
            (
                "arn:aws:ec2:eu-west-1:123456789012:broker/i-0abc".into(),
                "names the service `ec2`",
                format!("{account}:broker:NAME:*"),
            ),
            (
                "arn:aws:mq:::broker:orders:*".into(),
                "it has no region; it has no account",
                "arn:aws:mq:*:*:broker:orders:*".into(),
            ),
            (
                "arn:aws:mq:eu-west-1:12345:broker:orders:*".into(),
                "no account id",
                "arn:aws:mq:eu-west-1:*:broker:orders:*".into(),
            ),
            (
                format!("{account}:broker:orders\u{2011}eu:*"),
                "a non-breaking hyphen (U+2011) stands in it where `-` belongs",
                format!("{account}:broker:orders-eu:*"),
            ),
            (
                format!(" {account}:broker:orders:*"),
                "a space stands in it",
                format!("{account}:broker:orders:*"),
            ),
            (
                format!("{account}:broker:orders:{uuid}/*"),
                "nothing comes after the id of a broker",
                format!("{account}:broker:orders:{uuid}"),
            ),
            ("orders".into(), "it is no ARN", "arn:aws:mq:*:*:broker:orders:*".into()),
            ("arn:aws:mq:broker".into(), "less than the six parts", "arn:aws:mq:*:*:broker:NAME:*".into()),
        ] {
            let found = mistake(Text::from(written.as_str())).unwrap_or_else(|| panic!("{written}"));
            assert!(found.0.contains(problem), "{written}: {}", found.0);
            assert_eq!(found.1, instead, "{written}");
        }
    }

    #[test]
    fn what_can_match_is_no_mistake() {
        for right in [
            "*",
            "arn:aws:mq:*",
            "arn:*:mq:*:*:*",
            "arn:aws:mq:eu-west-1:123456789012:*",
            "arn:aws:mq:eu-west-1:123456789012:broker:*",
            "arn:aws:mq:eu-west-1:*:broker:orders:*",
            "arn:aws:mq:eu-west-1:*:broker:*:b-*",
            "arn:aws:mq:eu-west-1:*:broker:orders*",
            "arn:aws:mq:eu-west-1:*:broker:orders:b-12345678-1234-1234-1234-123456789012",
            "arn:aws:mq:eu-west-1:*:broker:${aws:PrincipalTag/team}-*",
            "arn:aws:mq:*:*:configuration:c-*",
            "arn:aws-cn:mq:*:*:br?ker:b*",
            "*:broker:orders:*",
        ] {
            assert_eq!(mistake(Text::from(right)), None, "{right}");
        }
    }

    #[test]
    fn holes_are_kept_and_may_make_it_right() {
        let account = Hole::account();
        let text = |before: &str, after: &str| {
            Text::builder().push_str(before).push_hole(&account).push_str(after).finish()
        };
        let found = mistake(text("arn:aws:mq:eu-west-1:", ":broker/*")).unwrap();
        assert_eq!(found.1, "arn:aws:mq:eu-west-1:${account}:broker:*");
        assert_eq!(mistake(text("arn:aws:mq:eu-west-1:", ":broker:a:*")), None);
        assert_eq!(mistake(Text::hole(Hole::new("x", "y", crate::text::Shape::ANY))), None);
    }
}
