//! From the syntax of a file to what it says. Everything that is wrong is reported at once.

use std::collections::BTreeSet;

use super::expression::{Reader, Word, listed};
use super::pattern::Pattern;
use super::selection::{Filter, Selection};
use super::{Accept, Access, Act, Intent, IntentError, Level, Problem, Protect};
use crate::access::Overrides;
use crate::source::syntax::ast::{Attribute, Block, Body, Expr};
use crate::source::{SourceFile, syntax};

const ACCESS: &[&str] = &["principals", "brokers", "brokers_where", "may", "only_with_mfa", "optional"];
const PROTECT: &[&str] = &["brokers", "brokers_where", "nobody_may", "except", "optional"];
const WHERE: &[&str] = &["tag", "name", "engine", "region", "account"];
const SETTINGS: &[&str] = &["severity", "context", "deployer"];
const ACCEPT: &[&str] = &["rule", "principal", "broker", "operation", "fingerprint", "reason", "until"];
const BLOCKS: &[&str] = &["access", "protect", "accept", "settings"];
const ENGINES: &[&str] = &["ActiveMQ", "RabbitMQ"];
/// Larger files are no intents.
const MAX_BYTES: usize = 4 << 20;

pub(super) fn intent(name: &str, text: &str, rules: &[&str]) -> Result<Intent, IntentError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = SourceFile::new(name, text.get(..MAX_BYTES).unwrap_or(text));
    let mut reader = Reader::new(&file);
    let mut intent = Intent::default();
    if text.len() > MAX_BYTES {
        reader.wrong(syntax::ast::Span::default(), "the file is larger than 4 MiB");
    } else {
        let (body, errors) = syntax::parse_file(text, 0);
        for error in errors {
            let (line, column) = file.line_and_column(error.offset);
            let location = crate::source::Location { file: name.into(), line, column };
            reader.problems.push(Problem { location, message: error.message });
        }
        reader.file(&body, rules, &mut intent);
    }
    if reader.problems.is_empty() {
        return Ok(intent);
    }
    reader.problems.sort();
    reader.problems.dedup();
    Err(IntentError::Invalid(reader.problems))
}

impl Reader<'_> {
    fn file(&mut self, body: &Body, rules: &[&str], intent: &mut Intent) {
        for attribute in &body.attributes {
            let message =
                format!("`{}` stands outside of a block: write {} blocks", attribute.name, listed(BLOCKS));
            self.wrong(attribute.name_span, message);
        }
        let mut labels: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut has_settings = false;
        for block in &body.blocks {
            match &*block.kind {
                "access" | "protect" => {
                    let Some(label) = self.label(block) else { continue };
                    if !labels.insert((&block.kind, label)) {
                        self.wrong(
                            block.span,
                            format!(
                                "there is a block {} \"{label}\" before: give it another name",
                                block.kind
                            ),
                        );
                    }
                    match &*block.kind {
                        "access" => intent.access.extend(self.access(block, label)),
                        _ => intent.protect.extend(self.protect(block, label)),
                    }
                }
                "accept" => {
                    self.no_label(block);
                    intent.accept.extend(self.accept(block, rules));
                }
                "settings" => {
                    self.no_label(block);
                    if std::mem::replace(&mut has_settings, true) {
                        self.wrong(block.span, "there is a block settings before: write them in one");
                    }
                    self.settings(block, rules, intent);
                }
                other => self.wrong(
                    block.span,
                    format!("`{other}` is no block of an intent: write {}", listed(BLOCKS)),
                ),
            }
        }
    }

    fn label<'b>(&mut self, block: &'b Block) -> Option<&'b str> {
        match block.labels.as_slice() {
            [label] if !label.is_empty() => Some(label),
            _ => {
                self.wrong(
                    block.span,
                    format!("a block {0} has one name: write {0} \"NAME\" {{ … }}", block.kind),
                );
                None
            }
        }
    }

    fn no_label(&mut self, block: &Block) {
        if !block.labels.is_empty() {
            self.wrong(block.span, format!("a block {0} has no name: write {0} {{ … }}", block.kind));
        }
    }

    fn access(&mut self, block: &Block, label: &str) -> Option<Access> {
        let what = format!("access \"{label}\"");
        self.only(&block.body, &what, ACCESS);
        let principals =
            self.required(block, "principals", &what).map(|attribute| self.principals(attribute));
        let may = self.required(block, "may", &what).map(|attribute| self.acts(attribute));
        let brokers = self.selection(block, &what);
        let only_with_mfa = self.flag(block.body.attribute("only_with_mfa"));
        let optional = self.flag(block.body.attribute("optional"));
        Some(Access {
            name: label.into(),
            location: self.location(block.span),
            principals: principals?,
            brokers: brokers?,
            may: may?,
            only_with_mfa,
            optional,
        })
    }

    fn protect(&mut self, block: &Block, label: &str) -> Option<Protect> {
        let what = format!("protect \"{label}\"");
        self.only(&block.body, &what, PROTECT);
        let nobody_may = self.required(block, "nobody_may", &what).map(|attribute| self.acts(attribute));
        let except = block.body.attribute("except");
        let except = except.map(|attribute| self.patterns(&attribute.value, "except")).unwrap_or_default();
        let brokers = self.selection(block, &what);
        let optional = self.flag(block.body.attribute("optional"));
        Some(Protect {
            name: label.into(),
            location: self.location(block.span),
            brokers: brokers?,
            nobody_may: nobody_may?,
            except,
            optional,
        })
    }

    fn required<'b>(&mut self, block: &'b Block, name: &str, what: &str) -> Option<&'b Attribute> {
        let attribute = block.body.attribute(name);
        if attribute.is_none() {
            self.wrong(block.span, format!("{what} does not say `{name}`"));
        }
        attribute
    }

    fn principals(&mut self, attribute: &Attribute) -> Vec<Pattern> {
        let words = self.some_words(attribute);
        self.as_patterns(words)
    }

    fn patterns(&mut self, expression: &Expr, name: &str) -> Vec<Pattern> {
        let words = self.words(expression, &format!("each of `{name}`"));
        self.as_patterns(words)
    }

    fn as_patterns(&mut self, words: Vec<Word>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for word in words {
            match Pattern::parse(&word.text, &word.location) {
                Some(pattern) => patterns.push(pattern),
                None => self.problems.push(Problem::new(
                    &word.location,
                    format!(
                        "`{}` is no address: write one as Terraform prints it, such as module.*.aws_iam_role.ci[*], \
                         or `*`",
                        word.text
                    ),
                )),
            }
        }
        patterns
    }

    fn acts(&mut self, attribute: &Attribute) -> BTreeSet<Act> {
        let mut acts = BTreeSet::new();
        for word in self.some_words(attribute) {
            if let Some(act) = Act::named(&word.text) {
                acts.insert(act);
            } else {
                let known = listed(&Act::ALL.map(Act::name));
                let message = format!("`{}` is no operation: write {known}", word.text);
                self.problems.push(Problem::new(&word.location, message));
            }
        }
        acts
    }

    fn selection(&mut self, block: &Block, what: &str) -> Option<Selection> {
        let patterns = block.body.attribute("brokers").map(|attribute| self.principals(attribute));
        let filter = block.body.attribute("brokers_where").map(|attribute| self.filter(attribute));
        if patterns.is_none() && filter.is_none() {
            self.wrong(
                block.span,
                format!("{what} does not say which brokers: write `brokers` or `brokers_where`"),
            );
            return None;
        }
        Some(Selection { patterns: patterns.unwrap_or_default(), filter })
    }

    fn filter(&mut self, attribute: &Attribute) -> Filter {
        let mut filter = Filter {
            location: self.location(attribute.name_span),
            tags: Vec::new(),
            name: Vec::new(),
            engine: Vec::new(),
            region: Vec::new(),
            account: Vec::new(),
        };
        let members = self.members(&attribute.value, "`brokers_where`");
        if members.is_empty() {
            self.wrong(attribute.value.span, format!("`brokers_where` is empty: write {}", listed(WHERE)));
        }
        for (key, value) in members {
            let slot = match &*key.text {
                "tag" => {
                    for (tag, value) in self.members(value, "`tag`") {
                        let values = self.values(value, &tag.text);
                        filter.tags.push((tag.text, values));
                    }
                    continue;
                }
                "name" => &mut filter.name,
                "engine" => &mut filter.engine,
                "region" => &mut filter.region,
                "account" => &mut filter.account,
                other => {
                    let message =
                        format!("`{other}` is nothing that brokers are chosen by: write {}", listed(WHERE));
                    self.problems.push(Problem::new(&key.location, message));
                    continue;
                }
            };
            *slot = self.values(value, &key.text);
        }
        for engine in &filter.engine {
            if !ENGINES.iter().any(|known| known.eq_ignore_ascii_case(engine)) {
                let message = format!("`{engine}` is no engine: write {}", listed(ENGINES));
                self.wrong(attribute.value.span, message);
            }
        }
        filter
    }

    fn values(&mut self, expression: &Expr, name: &str) -> Vec<Box<str>> {
        let words = self.words(expression, &format!("`{name}`"));
        if words.is_empty() {
            self.wrong(expression.span, format!("`{name}` has no value"));
        }
        words.into_iter().map(|word| word.text).collect()
    }

    fn settings(&mut self, block: &Block, rules: &[&str], intent: &mut Intent) {
        self.only(&block.body, "settings", SETTINGS);
        if let Some(attribute) = block.body.attribute("severity") {
            for (rule, value) in self.members(&attribute.value, "`severity`") {
                self.rule(&rule, rules);
                let Some(word) = self.word(value, "a severity") else { continue };
                if let Some(level) = Level::named(&word.text) {
                    intent.settings.severities.push((rule.text, level));
                } else {
                    let message = format!("`{}` is no severity: write {}", word.text, listed(&Level::NAMES));
                    self.problems.push(Problem::new(&word.location, message));
                }
            }
        }
        if let Some(attribute) = block.body.attribute("context") {
            for (key, value) in self.members(&attribute.value, "`context`") {
                self.context(&key, value, intent);
            }
        }
        if let Some(attribute) = block.body.attribute("deployer") {
            intent.settings.deployers = self.principals(attribute);
        }
    }

    /// One key of the request's context: a string, a list, or `null` for a key that is absent.
    fn context(&mut self, key: &Word, value: &Expr, intent: &mut Intent) {
        if !key.text.contains(':') {
            let message = format!("`{}` is no condition key: write one such as \"aws:SourceIp\"", key.text);
            self.problems.push(Problem::new(&key.location, message));
            return;
        }
        let name = key.text.to_string();
        let values: Vec<String> = if value.is_null() {
            vec![String::new()]
        } else {
            self.words(value, &format!("`{name}`")).into_iter().map(|word| word.text.into()).collect()
        };
        let pairs: Vec<(String, String)> = values.into_iter().map(|value| (name.clone(), value)).collect();
        if let Err(error) = Overrides::new(&pairs) {
            self.problems.push(Problem::new(&key.location, error.to_string()));
            return;
        }
        intent.settings.context.extend(pairs);
    }

    fn accept(&mut self, block: &Block, rules: &[&str]) -> Option<Accept> {
        self.only(&block.body, "accept", ACCEPT);
        let mut words = |name: &str| {
            let attribute = block.body.attribute(name)?;
            Some(self.some_words(attribute))
        };
        let (rule_words, operations) =
            (words("rule").unwrap_or_default(), words("operation").unwrap_or_default());
        let (principals, brokers) =
            (words("principal").unwrap_or_default(), words("broker").unwrap_or_default());
        let fingerprints = words("fingerprint").unwrap_or_default();
        for rule in &rule_words {
            self.rule(rule, rules);
        }
        for operation in &operations {
            if Act::named(&operation.text).is_none() {
                let known = listed(&Act::ALL.map(Act::name));
                let message = format!("`{}` is no operation: write {known}", operation.text);
                self.problems.push(Problem::new(&operation.location, message));
            }
        }
        if rule_words.is_empty() && fingerprints.is_empty() {
            self.wrong(block.span, "an accepted finding is named by `rule` or `fingerprint`");
        }
        let reason = self.required(block, "reason", "accept").and_then(|attribute| {
            let reason = self.word(&attribute.value, "`reason`")?;
            if reason.text.trim().is_empty() {
                self.wrong(attribute.value.span, "`reason` is empty: say why the finding is accepted");
            }
            Some(reason)
        });
        let until = block.body.attribute("until").and_then(|attribute| {
            let until = self.word(&attribute.value, "`until`")?;
            if !is_date(&until.text) {
                let message = format!("`{}` is no date: write one such as \"2027-01-31\"", until.text);
                self.wrong(attribute.value.span, message);
            }
            Some(until.text)
        });
        let texts = |words: Vec<Word>| words.into_iter().map(|word| word.text).collect();
        Some(Accept {
            location: self.location(block.span),
            rules: texts(rule_words),
            principals: self.as_patterns(principals),
            brokers: self.as_patterns(brokers),
            operations: texts(operations),
            fingerprints: texts(fingerprints),
            reason: reason?.text,
            until,
        })
    }

    fn rule(&mut self, rule: &Word, rules: &[&str]) {
        if !rules.contains(&&*rule.text) {
            let message = format!("`{}` is not a rule: `mqwarden rules` lists them all", rule.text);
            self.problems.push(Problem::new(&rule.location, message));
        }
    }
}

/// Whether a text is a day of the calendar, as `2027-01-31`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize| -> Option<u32> {
        let part = parts.next()?;
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else { return false };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    parts.next().is_none() && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests;
