//! Patterns of addresses, as users of Terraform read them.
//!
//! `*` alone stands for everything. Elsewhere a `*` stands for any characters within one name or one key: never across
//! a dot, so that `module.*.aws_iam_role.ci` is about modules of the root alone. `**` in the place of modules stands
//! for any number of them. A resource or module that is named without a key is meant with all its instances, as with
//! `terraform plan -target`; `[*]` says the same.

use crate::plan::{Address, Key, Mode};
use crate::source::Location;

/// A pattern of addresses.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Box<str>,
    location: Location,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Everything,
    /// A principal that the plan does not manage: a pattern over the whole of its id.
    External,
    Resource {
        modules: Vec<Modules>,
        mode: Mode,
        kind: Box<str>,
        name: Step,
    },
}

/// One step of the module path.
#[derive(Clone, Debug)]
enum Modules {
    /// Any number of modules.
    Any,
    /// One module call.
    One(Step),
}

/// A name with its key.
#[derive(Clone, Debug)]
struct Step {
    name: Box<str>,
    key: KeyPattern,
}

#[derive(Clone, Debug)]
enum KeyPattern {
    Any,
    Index(u64),
    Name(Box<str>),
}

/// A word of a pattern as it is cut at dots outside of brackets: its name and what stands in its brackets.
struct Cut<'p> {
    name: &'p str,
    key: Option<&'p str>,
}

impl Pattern {
    /// Reads a pattern; `None` if it can match no address.
    pub fn parse(text: &str, location: &Location) -> Option<Self> {
        let form = if text == "*" {
            Form::Everything
        } else if text.starts_with("external:") {
            Form::External
        } else {
            resource(text)?
        };
        Some(Self { text: text.into(), location: location.clone(), form })
    }

    /// The pattern as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Whether it is `*`.
    pub fn is_everything(&self) -> bool {
        matches!(self.form, Form::Everything)
    }

    /// Whether it matches the id of a principal or broker.
    pub fn matches(&self, id: &str) -> bool {
        match &self.form {
            Form::Everything => true,
            Form::External => id.starts_with("external:") && glob(&self.text, id),
            Form::Resource { modules, mode, kind, name } => {
                let Some(address) = Address::parse(id) else { return false };
                address.mode == *mode
                    && glob(kind, &address.kind)
                    && name.matches(&address.name, address.key.as_ref())
                    && path(modules, &address.module)
            }
        }
    }
}

impl Step {
    fn new(cut: &Cut<'_>) -> Option<Self> {
        let key = match cut.key {
            None | Some("*") => KeyPattern::Any,
            Some(key) => match key.strip_prefix('"') {
                Some(quoted) => KeyPattern::Name(unquoted(quoted.strip_suffix('"')?).into()),
                None => KeyPattern::Index(key.parse().ok()?),
            },
        };
        Some(Self { name: cut.name.into(), key })
    }

    fn matches(&self, name: &str, key: Option<&Key>) -> bool {
        let key_matches = match (&self.key, key) {
            (KeyPattern::Any, _) => true,
            (KeyPattern::Index(wanted), Some(Key::Index(index))) => wanted == index,
            (KeyPattern::Name(wanted), Some(Key::Name(name))) => glob(wanted, name),
            _ => false,
        };
        key_matches && glob(&self.name, name)
    }
}

fn resource(text: &str) -> Option<Form> {
    let mut cuts = cut(text)?.into_iter().peekable();
    let mut modules = Vec::new();
    while let Some(cut) = cuts.next_if(|cut| cut.key.is_none() && matches!(cut.name, "module" | "**")) {
        if cut.name == "**" {
            modules.push(Modules::Any);
            continue;
        }
        match cuts.next()? {
            Cut { name: "**", key: None } => modules.push(Modules::Any),
            cut => modules.push(Modules::One(Step::new(&cut)?)),
        }
    }
    let mode = match cuts.next_if(|cut| cut.name == "data" && cut.key.is_none()) {
        Some(_) => Mode::Data,
        None => Mode::Managed,
    };
    let (kind, name) = (cuts.next()?, cuts.next()?);
    if cuts.next().is_some() || kind.key.is_some() {
        return None;
    }
    Some(Form::Resource { modules, mode, kind: kind.name.into(), name: Step::new(&name)? })
}

/// Cuts a pattern at its dots, those in brackets aside.
fn cut(text: &str) -> Option<Vec<Cut<'_>>> {
    let mut cuts = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, mut after) = rest.split_at_checked(end)?;
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '*')) {
            return None;
        }
        let mut key = None;
        if let Some(inner) = after.strip_prefix('[') {
            let end = end_of_key(inner)?;
            key = inner.get(..end);
            after = inner.get(end..)?.strip_prefix(']')?;
        }
        cuts.push(Cut { name, key });
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(cuts),
            None => return None,
        }
    }
}

/// Where the bracket that closes a key stands.
fn end_of_key(inner: &str) -> Option<usize> {
    if !inner.starts_with('"') {
        return inner.find(']');
    }
    let mut escaped = false;
    for (at, c) in inner.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

fn unquoted(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                other => plain.extend(other),
            },
            c => plain.push(c),
        }
    }
    plain
}

/// Whether a module path matches.
fn path(patterns: &[Modules], steps: &[crate::plan::ModuleStep]) -> bool {
    match patterns.split_first() {
        None => steps.is_empty(),
        Some((Modules::Any, rest)) => {
            (0..=steps.len()).any(|skipped| steps.get(skipped..).is_some_and(|steps| path(rest, steps)))
        }
        Some((Modules::One(pattern), rest)) => steps
            .split_first()
            .is_some_and(|(step, steps)| pattern.matches(&step.name, step.key.as_ref()) && path(rest, steps)),
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0usize, 0usize);
    // Where to go on once the rest does not match: behind the last star, one character further in the text.
    let mut again: Option<(usize, usize)> = None;
    while let Some(&have) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                p = p.saturating_add(1);
                again = Some((p, t));
            }
            Some(&wanted) if wanted == have => {
                p = p.saturating_add(1);
                t = t.saturating_add(1);
            }
            _ => match &mut again {
                Some((after_star, from)) => {
                    *from = from.saturating_add(1);
                    (p, t) = (*after_star, *from);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::{Pattern, glob};
    use crate::source::Location;

    fn matches(pattern: &str, id: &str) -> bool {
        let location = Location { file: "mqwarden.hcl".into(), line: 1, column: 1 };
        Pattern::parse(pattern, &location).expect(pattern).matches(id)
    }

    #[test]
    fn a_star_stays_within_its_segment() {
        assert!(matches("*", "module.a[\"x\"].aws_iam_role.r[0]"));
        assert!(matches("*", "external:role/ops"));
        assert!(matches("aws_iam_role.*", "aws_iam_role.deploy"));
        assert!(!matches("aws_iam_role.*", "module.a.aws_iam_role.deploy"));
        assert!(!matches("aws_iam_role.*", "aws_iam_user.deploy"));
        assert!(matches("aws_iam_*.ci", "aws_iam_user.ci"));
        assert!(matches("module.*.aws_iam_role.ci[*]", "module.a.aws_iam_role.ci[0]"));
        assert!(matches("module.*.aws_iam_role.ci[*]", "module.a[\"x.y\"].aws_iam_role.ci[\"k\"]"));
        assert!(!matches("module.*.aws_iam_role.ci[*]", "module.a.module.b.aws_iam_role.ci[0]"));
        assert!(!matches("module.*.aws_iam_role.ci[*]", "aws_iam_role.ci[0]"));
    }

    #[test]
    fn two_stars_are_any_modules() {
        for id in
            ["aws_iam_role.ci", "module.a.aws_iam_role.ci", "module.a.module.b[1].aws_iam_role.ci[\"x\"]"]
        {
            assert!(matches("**.aws_iam_role.ci", id), "{id}");
            assert!(matches("module.**.aws_iam_role.ci", id), "{id}");
        }
        assert!(matches("module.a.**.aws_iam_role.*", "module.a.module.b.aws_iam_role.ci"));
        assert!(!matches("module.a.**.aws_iam_role.*", "module.b.aws_iam_role.ci"));
    }

    #[test]
    fn keys_are_optional_and_may_have_stars() {
        assert!(matches("aws_mq_broker.main", "aws_mq_broker.main[3]"));
        assert!(matches("aws_mq_broker.main[3]", "aws_mq_broker.main[3]"));
        assert!(!matches("aws_mq_broker.main[3]", "aws_mq_broker.main[4]"));
        assert!(!matches("aws_mq_broker.main[3]", "aws_mq_broker.main"));
        assert!(matches("aws_mq_broker.main[\"prod-*\"]", "aws_mq_broker.main[\"prod-eu.1\"]"));
        assert!(!matches("aws_mq_broker.main[\"prod-*\"]", "aws_mq_broker.main[\"dev\"]"));
        assert!(matches("module.a[\"x\\\"].y\"].aws_iam_role.r", "module.a[\"x\\\"].y\"].aws_iam_role.r"));
    }

    #[test]
    fn what_the_plan_does_not_manage_is_named_by_its_id() {
        assert!(matches("external:role/ci-*", "external:role/ci-eu"));
        assert!(matches("external:*", "external:user/ada"));
        assert!(!matches("external:role/*", "external:user/ada"));
        assert!(matches("data.aws_mq_broker.*", "data.aws_mq_broker.shared"));
        assert!(!matches("aws_mq_broker.*", "data.aws_mq_broker.shared"));
    }

    #[test]
    fn what_can_be_no_address_is_refused() {
        let location = Location { file: "mqwarden.hcl".into(), line: 1, column: 1 };
        for text in
            ["", "ops", "module.a", "a.b.c", "aws_iam_role.", "aws_iam_role.r[", "aws_iam_role.r[x]", "a b.c"]
        {
            assert!(Pattern::parse(text, &location).is_none(), "{text}");
        }
    }

    #[test]
    fn stars_go_back_where_they_must() {
        assert!(glob("a*b*c", "axbxbxc") && !glob("a*b*c", "axbxbx"));
        assert!(glob("*", "") && glob("", "") && !glob("", "a") && glob("**a", "ba"));
    }
}
