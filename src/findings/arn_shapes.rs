//! What is wrong with a resource pattern that no ARN of Amazon MQ matches, and what to write instead.

use super::about_mq::matches;
use crate::aws::arn::{any_broker, any_configuration, is_account_id};
use crate::iam::{Pattern, Subject};
use crate::text::{Piece, Text, Truth};

/// The ARNs that a pattern is held against.
pub(super) struct Shapes {
    broker: Subject,
    configuration: Subject,
}

impl Shapes {
    pub(super) fn new() -> Self {
        Self { broker: Subject::new(any_broker()), configuration: Subject::new(any_configuration()) }
    }

    /// Whether the pattern matches the ARN of some broker.
    pub(super) fn fits_broker(&self, pattern: &Pattern) -> bool {
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

/// A character of a private use area that stands for a hole.
const HOLE: char = '\u{F8FF}';

/// A text with its holes as one character each.
struct View {
    text: String,
    holes: Vec<String>,
}

impl View {
    fn of(source: &Text) -> Self {
        let mut view = Self { text: String::new(), holes: Vec::new() };
        for piece in source.pieces() {
            match piece {
                Piece::Literal(literal) => view.text.push_str(literal),
                Piece::Hole(hole) => {
                    view.text.push(HOLE);
                    view.holes.push(hole.to_string());
                }
            }
        }
        view
    }

    /// A text made from this one, with the holes back in their places.
    fn show(&self, text: &str) -> String {
        let mut holes = self.holes.iter();
        let mut shown = String::new();
        for c in text.chars() {
            match (c, c == HOLE) {
                (_, true) => shown.push_str(holes.next().map(String::as_str).unwrap_or_default()),
                (c, false) => shown.push(c),
            }
        }
        shown
    }
}

#[derive(Default)]
struct Repair {
    text: String,
    problems: Vec<String>,
}

/// Characters that look like a hyphen, or like nothing.
fn lookalike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\u{2010}' => ("a typographic hyphen (U+2010)", "-"),
        '\u{2011}' => ("a non-breaking hyphen (U+2011)", "-"),
        '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2015}' => ("a dash", "-"),
        '\u{2212}' => ("a minus sign (U+2212)", "-"),
        '\u{FE63}' | '\u{FF0D}' => ("a wide hyphen", "-"),
        '\u{00AD}' => ("a soft hyphen (U+00AD)", ""),
        '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{2060}' | '\u{FEFF}' => ("an invisible character", ""),
        c if c.is_whitespace() => ("a space", ""),
        _ => return None,
    })
}

impl Repair {
    fn of(written: &str) -> Self {
        let mut repair = Self::default();
        let mut text = String::new();
        for c in written.chars() {
            match lookalike(c) {
                Some((what, instead)) => {
                    let problem = if instead.is_empty() {
                        format!("{what} stands in it")
                    } else {
                        format!("{what} stands in it where `-` belongs")
                    };
                    if !repair.problems.contains(&problem) {
                        repair.problems.push(problem);
                    }
                    text.push_str(instead);
                }
                None => text.push(c),
            }
        }
        if text.starts_with("arn:") {
            repair.parts(&text);
        } else {
            repair.problems.push("it is no ARN".into());
            repair.text = if is_id(&text) {
                format!("arn:aws:mq:*:*:broker:*:{text}")
            } else if is_name(&text) {
                format!("arn:aws:mq:*:*:broker:{text}:*")
            } else {
                "arn:aws:mq:*:*:broker:NAME:*".into()
            };
        }
        if repair.problems.is_empty() {
            repair.problems.push("no ARN of Amazon MQ matches it".into());
            repair.text = "arn:aws:mq:REGION:ACCOUNT:broker:NAME:*".into();
        }
        repair
    }

    fn parts(&mut self, text: &str) {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, partition, service, region, account, resource] = parts.as_slice() else {
            self.problems.push("it has less than the six parts of an ARN".into());
            self.text = "arn:aws:mq:*:*:broker:NAME:*".into();
            return;
        };
        let is_plain = |part: &str| !part.contains(['*', '?', HOLE]);
        let mut service = *service;
        if is_plain(service) && service != "mq" {
            self.problems.push(format!("it names the service `{service}`, and Amazon MQ is `mq`"));
            service = "mq";
        }
        let (mut region, mut account) = (*region, *account);
        if region.is_empty() {
            self.problems.push("it has no region".into());
            region = "*";
        }
        if account.is_empty() {
            self.problems.push("it has no account".into());
            account = "*";
        } else if is_plain(account) && !is_account_id(account) {
            self.problems.push(format!("`{account}` is no account id, which has twelve digits"));
            account = "*";
        }
        let resource = self.resource(resource);
        self.text = format!("arn:{partition}:{service}:{region}:{account}:{resource}");
    }

    fn resource(&mut self, resource: &str) -> String {
        let kinds = [("broker", "a broker"), ("configuration", "a configuration")];
        for (kind, called) in kinds {
            let plural = format!("{kind}s");
            let (written, rest) = match resource.split_once([':', '/']) {
                Some((written, rest)) => (written, rest),
                None => (resource, ""),
            };
            if !written.eq_ignore_ascii_case(kind) && !written.eq_ignore_ascii_case(&plural) {
                continue;
            }
            if written != kind {
                self.problems.push(format!("the type of resource is `{kind}`, not `{written}`"));
            }
            if resource.contains('/') {
                self.problems.push(format!("parts of the ARN of {called} are set apart by `:`, not by `/`"));
            }
            if let Some(whole) = rest.strip_suffix("/*").filter(|whole| is_complete(kind, whole)) {
                self.problems = vec![format!("nothing comes after the id of {called}")];
                return format!("{kind}:{whole}");
            }
            let rest = rest.replace('/', ":");
            return match kind {
                "broker" => self.broker(&rest),
                _ => self.configuration(&rest),
            };
        }
        if self.problems.is_empty() {
            self.problems.push(format!("`{resource}` is neither a broker nor a configuration"));
        }
        "broker:NAME:*".into()
    }

    fn broker(&mut self, rest: &str) -> String {
        match rest.split_once(':') {
            None if rest.is_empty() => {
                self.problems.push("name and id of the broker are missing".into());
                "broker:NAME:*".into()
            }
            None if rest.starts_with("i-") => {
                self.problems.push("`i-…` is the id of an EC2 instance, not of a broker".into());
                "broker:NAME:*".into()
            }
            None if rest == "*" => "broker:*".into(),
            None if is_id(rest) => {
                self.problems.push("the name of the broker is missing before its id".into());
                format!("broker:*:{rest}")
            }
            None => {
                if !rest.ends_with('*') {
                    self.problems.push("the id of the broker is missing after its name".into());
                }
                format!("broker:{rest}:*")
            }
            Some(("", id)) => {
                self.problems.push("the name of the broker is missing before its id".into());
                format!("broker:*:{id}")
            }
            Some((name, id)) if id.is_empty() || (!id.contains(['*', '?', HOLE]) && !is_whole_id(id)) => {
                self.problems.push(format!("`{id}` is no id of a broker, which is `b-` and a UUID"));
                format!("broker:{name}:*")
            }
            Some((name, id)) => format!("broker:{name}:{id}"),
        }
    }

    fn configuration(&mut self, rest: &str) -> String {
        if rest.starts_with("c-") || rest.starts_with(['*', HOLE]) {
            return format!("configuration:{rest}");
        }
        self.problems.push("a configuration is named by its id (`c-…`), not by its name".into());
        "configuration:c-ID".into()
    }

    fn finish(self, view: &View) -> Mistake {
        Mistake {
            written: view.show(&view.text),
            problem: self.problems.join("; "),
            instead: view.show(&self.text),
        }
    }
}

/// Whether this is the id of a broker, or the beginning of one with a wildcard after it.
fn is_id(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("b-") else { return false };
    let Some(rest) = rest.strip_suffix('*') else { return is_whole_id(text) };
    rest.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// Whether an ARN of this kind ends here: with an id, or with something that is known only after apply.
fn is_complete(kind: &str, rest: &str) -> bool {
    let id = if kind == "broker" { rest.split_once(':').map(|(_, id)| id) } else { Some(rest) };
    id.is_some_and(|id| is_whole_id(id) || id.starts_with("c-") || id == HOLE.to_string())
}

fn is_whole_id(text: &str) -> bool {
    let lengths = text.strip_prefix("b-").map(|rest| rest.split('-').map(str::len).collect::<Vec<_>>());
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c) || c == '-';
    lengths.as_deref() == Some(&[8, 4, 4, 4, 12])
        && text.strip_prefix("b-").is_some_and(|rest| rest.chars().all(hexadecimal))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*'))
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
