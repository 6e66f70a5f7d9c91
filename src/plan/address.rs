//! Addresses of resource instances and of the configuration blocks that they come from.

use std::fmt;

/// The key of an instance within `count` or `for_each`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The index of `count`.
    Index(u64),
    /// The key of `for_each`.
    Name(Box<str>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Name(name) => {
                f.write_str("[\"")?;
                let mut chars = name.chars().peekable();
                while let Some(c) = chars.next() {
                    match c {
                        '"' | '\\' => write!(f, "\\{c}")?,
                        '\n' => f.write_str("\\n")?,
                        '\r' => f.write_str("\\r")?,
                        '\t' => f.write_str("\\t")?,
                        // Else they would begin an interpolation.
                        '$' | '%' if chars.peek() == Some(&'{') => write!(f, "{c}{c}")?,
                        _ if is_printed(c) => write!(f, "{c}")?,
                        '\0'..='\u{FFFF}' => write!(f, "\\u{:04x}", u32::from(c))?,
                        _ => write!(f, "\\U{:08x}", u32::from(c))?,
                    }
                }
                f.write_str("\"]")
            }
        }
    }
}

/// Whether Terraform writes a character of a key as it is: what shows nothing is written by its number.
fn is_printed(c: char) -> bool {
    let is_format = matches!(c, '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}'..='\u{E007F}' | '\u{F0000}'..='\u{10FFFF}');
    !is_format && !c.is_control() && (c == ' ' || !c.is_whitespace())
}

/// One step of a module path: a module call and the key of its instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleStep {
    /// The name of the `module` block.
    pub name: Box<str>,
    /// The key, if the call has `count` or `for_each`.
    pub key: Option<Key>,
}

/// Whether a resource is managed or a data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A `resource` block.
    Managed,
    /// A `data` block.
    Data,
}

/// The full address of a resource instance, such as `module.a["x"].aws_iam_role.r[0]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The module instances from the root down.
    pub module: Vec<ModuleStep>,
    /// Managed or data.
    pub mode: Mode,
    /// The resource type, such as `aws_iam_role`.
    pub kind: Box<str>,
    /// The name of the block.
    pub name: Box<str>,
    /// The key, if the block has `count` or `for_each`.
    pub key: Option<Key>,
}

impl Address {
    /// Parses an address as Terraform prints it; `None` if it is none of a resource.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Some(text);
        let mut module = Vec::new();
        let mut mode = Mode::Managed;
        loop {
            let (word, key, after) = step(rest?)?;
            rest = after;
            match (word, key) {
                ("module", None) => {
                    let (name, key, after) = step(rest?)?;
                    // Few are nested deep: room for four at once would cost more than it saves.
                    module.reserve_exact(1);
                    module.push(ModuleStep { name: name.into(), key });
                    rest = after;
                }
                ("data", None) if mode == Mode::Managed => mode = Mode::Data,
                (kind, None) => {
                    let (name, key, None) = step(rest?)? else { return None };
                    return Some(Self { module, mode, kind: kind.into(), name: name.into(), key });
                }
                _ => return None,
            }
        }
    }

    /// The address of the block within its module, without module and key: `data.aws_region.current`.
    pub fn block(&self) -> String {
        let data = if self.mode == Mode::Data { "data." } else { "" };
        format!("{data}{}.{}", self.kind, self.name)
    }

    /// The path of module calls, without keys: what the configuration knows them by.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        self.module.iter().map(|step| &*step.name)
    }
}

/// Splits one step off: its word, its key, and what follows after a dot.
fn step(text: &str) -> Option<(&str, Option<Key>, Option<&str>)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    if word.is_empty() {
        return None;
    }
    let (key, rest) = match rest.strip_prefix('[') {
        None => (None, rest),
        Some(inner) => {
            let (key, rest) = parse_key(inner)?;
            (Some(key), rest)
        }
    };
    match rest.strip_prefix('.') {
        Some(after) => Some((word, key, Some(after))),
        None if rest.is_empty() => Some((word, key, None)),
        None => None,
    }
}

/// Parses what follows an opening bracket, up to and with the closing one.
fn parse_key(text: &str) -> Option<(Key, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (digits, rest) = text.split_once(']')?;
        return Some((Key::Index(digits.parse().ok()?), rest));
    };
    let mut name = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let rest = quoted.get(at.checked_add(1)?..)?.strip_prefix(']')?;
                return Some((Key::Name(name.into()), rest));
            }
            '\\' => name.push(match chars.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => code_point(&mut chars, 4)?,
                'U' => code_point(&mut chars, 8)?,
                other => other,
            }),
            // `$${` and `%%{` are no interpolations, but the characters themselves.
            '$' | '%'
                if quoted
                    .get(at..)
                    .is_some_and(|rest| ["$${", "%%{"].iter().any(|two| rest.starts_with(two))) =>
            {
                name.push(c);
                chars.next();
            }
            _ => name.push(c),
        }
    }
    None
}

/// A character by its number, in so many hexadecimal digits.
fn code_point(chars: &mut std::str::CharIndices<'_>, digits: usize) -> Option<char> {
    let digits: String = chars.take(digits).map(|(_, digit)| digit).filter(char::is_ascii_hexdigit).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.module {
            write!(f, "module.{}", step.name)?;
            if let Some(key) = &step.key {
                write!(f, "{key}")?;
            }
            f.write_str(".")?;
        }
        f.write_str(&self.block())?;
        self.key.iter().try_for_each(|key| write!(f, "{key}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Key, Mode};

    #[test]
    fn addresses_survive_a_round_trip() {
        for text in [
            "aws_mq_broker.main",
            "data.aws_iam_policy_document.x[3]",
            "module.a[\"x.y]\\\"z\"].module.b[0].aws_iam_role.r[\"k\"]",
            "module.a.data.aws_region.current",
            "aws_mq_broker.m[\"$${k} %%{t} $ % $$ \\u202e\\u0007 ünï\"]",
        ] {
            let address = Address::parse(text).expect(text);
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let address = Address::parse("module.a[\"x\"].data.aws_region.r[0]").unwrap();
        assert_eq!(address.mode, Mode::Data);
        assert_eq!(address.block(), "data.aws_region.r");
        assert_eq!(address.key, Some(Key::Index(0)));
        assert_eq!(address.module[0].key, Some(Key::Name("x".into())));
    }

    #[test]
    fn what_is_no_resource_address_is_refused() {
        for text in ["", "module.a", "aws_mq_broker", "a.b.c", "a..b", "a.b[", "a.b[\"x]", "a.b[0]x"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}
