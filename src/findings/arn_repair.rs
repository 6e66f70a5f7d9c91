//! The ARN that was probably meant, for one that names nothing of Amazon MQ, and what is wrong with it.

use super::arn_shapes::Mistake;
use crate::aws::arn::is_account_id;
use crate::text::{Piece, Text};

/// A character of a private use area that stands for a hole.
const HOLE: char = '\u{F8FF}';

/// A text with its holes as one character each.
pub(super) struct View {
    pub(super) text: String,
    holes: Vec<String>,
}

impl View {
    pub(super) fn of(source: &Text) -> Self {
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

/// What is wrong, and the ARN without it.
#[derive(Default)]
pub(super) struct Repair {
    pub(super) text: String,
    pub(super) problems: Vec<String>,
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
    pub(super) fn of(written: &str) -> Self {
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

    pub(super) fn finish(self, view: &View) -> Mistake {
        Mistake {
            written: view.show(&view.text),
            problem: self.problems.join("; "),
            instead: view.show(&self.text),
        }
    }
}

/// Whether this is the id of a broker, or the beginning of one with a wildcard after it.
pub(super) fn is_id(text: &str) -> bool {
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
