//! Where a statement of a policy document stands in the source.
//!
//! The list of statements is followed to where each of them is written: through `jsonencode`, heredocs, files and
//! templates, locals, variables, outputs and conditionals, and through `aws_iam_policy_document` with the documents that it
//! is made of. What is not sure is not guessed: then the argument's own place is given.

mod document;
mod json;
mod list;

use std::rc::Rc;

use self::json::Sid;
use super::env::{Each, Env, Site};
use super::evaluator::Evaluator;
use super::load::{Location, SourceFile};
use super::module::block_type;
use super::syntax::ast::{Block, Call, Expr, ExprKind, Step};
use crate::plan::{Address, Key, Mode, ModuleStep};

/// How many references are followed, one after the other.
const MAX_DEPTH: u32 = 60;

/// The statement whose place is asked for.
#[derive(Clone, Copy, Debug)]
pub struct StatementSought<'a> {
    /// Its position in the document's list of statements.
    pub index: usize,
    /// How many statements the document has; `None` where that is not known.
    pub count: Option<usize>,
    /// Its `Sid`, where it has one that is known.
    pub sid: Option<&'a str>,
    /// The element within it (`Resource`); `None` for the statement as a whole.
    pub element: Option<&'a str>,
}

/// A statement as it is written.
struct Written<'s> {
    sid: Sid,
    place: Place<'s>,
}

enum Place<'s> {
    Expression(&'s Expr),
    Block(&'s Block),
    /// A heredoc, by the file of the source.
    Heredoc {
        file: u32,
        start: usize,
        elements: Vec<(String, usize)>,
    },
    /// A file that a function reads.
    File {
        file: Rc<SourceFile>,
        start: usize,
        elements: Vec<(String, usize)>,
    },
}

type Statements<'s> = Option<Vec<Written<'s>>>;

/// Where an expression stands: what its references mean.
#[derive(Clone)]
struct Here<'s> {
    instance: usize,
    site: Site,
    key: Option<Key>,
    for_each: Option<&'s Expr>,
    depth: u32,
}

impl<'s> Here<'s> {
    fn env(&self) -> Env<'_> {
        let each = self.key.as_ref().map(|key| Each { key, for_each: self.for_each });
        Env { each, ..Env::new(self.instance, &self.site) }
    }

    /// Somewhere else, one reference further; `None` where that is too far.
    fn further(
        &self,
        instance: usize,
        name: &str,
        key: Option<&Key>,
        for_each: Option<&'s Expr>,
    ) -> Option<Self> {
        let depth = self.depth.checked_add(1).filter(|depth| *depth < MAX_DEPTH)?;
        let site = Site { address: "".into(), attribute: name.into() };
        Some(Self { instance, site, key: key.cloned(), for_each, depth })
    }
}

/// What a reference leads to.
enum Target<'s> {
    /// An expression, and the members of it that are picked.
    Expression(&'s Expr, Vec<Box<str>>, Here<'s>),
    /// An `aws_iam_policy_document`.
    Document(&'s Block, Here<'s>),
}

impl<'s> Evaluator<'s> {
    /// Where a statement of the policy document in `argument` of a resource stands.
    ///
    /// `block` picks a nested block by its type and the value of its `name` (`inline_policy` of a role). Where the
    /// statement's own place is not sure, it is that of the argument; `None` if the source does not have that either.
    pub fn statement_location(
        &self,
        address: &Address,
        block: Option<(&str, &str)>,
        argument: &str,
        sought: &StatementSought<'_>,
    ) -> Option<Location> {
        self.fuel.begin();
        let instance = self.instance_of(&address.module)?;
        let resource = self.block(instance, &address.block())?;
        let here = Here {
            instance,
            site: Site { address: address.to_string().into(), attribute: argument.into() },
            key: address.key.clone(),
            for_each: for_each(resource),
            depth: 0,
        };
        let body = match block {
            None => &resource.body,
            Some((kind, name)) => match self.nested(resource, kind, name, &here) {
                Some(nested) => &nested.body,
                None => return self.location(address, Some(kind)),
            },
        };
        let found = body.attribute(argument).and_then(|attribute| {
            let statements = self.document_statements(&attribute.value, &here)?;
            self.pick(&statements, sought)
        });
        found.or_else(|| {
            let attribute = body.attribute(argument)?;
            Some(self.source.file(attribute.name_span)?.location(attribute.name_span))
        })
    }

    fn nested(&self, resource: &'s Block, kind: &str, name: &str, here: &Here<'s>) -> Option<&'s Block> {
        let is_named = |block: &&Block| {
            let argument = block.body.attribute("name");
            let value = argument.map(|argument| self.evaluate(&argument.value, &here.env()));
            block_type(block) == kind && value.is_some_and(|value| value.as_known_str() == Some(name))
        };
        resource.body.blocks.iter().find(is_named)
    }

    fn pick(&self, statements: &[Written<'s>], sought: &StatementSought<'_>) -> Option<Location> {
        let is_sid = |written: &&Written<'_>| match (&written.sid, sought.sid) {
            (Sid::Known(sid), Some(sought)) => sid == sought,
            _ => false,
        };
        let written = if sought.count == Some(statements.len()) {
            statements.get(sought.index).filter(|written| match (&written.sid, sought.sid) {
                (Sid::Known(sid), Some(sought)) => sid == sought,
                (Sid::Unknown, _) | (Sid::None, None) => true,
                (Sid::Known(sid), None) => sid.is_empty(),
                (Sid::None, Some(sought)) => sought.is_empty(),
            })?
        } else {
            // Ids are unique within a document.
            statements.iter().find(is_sid)?
        };
        self.place_of(&written.place, sought.element)
    }

    fn place_of(&self, place: &Place<'s>, element: Option<&str>) -> Option<Location> {
        match place {
            Place::Expression(expression) => {
                let span = match (&expression.kind, element) {
                    (ExprKind::Object(members), Some(element)) => members
                        .iter()
                        .find(|(key, _)| key.as_literal().and_then(|key| key.as_known_str()) == Some(element))
                        .map_or(expression.span, |(key, _)| key.span),
                    _ => expression.span,
                };
                Some(self.source.file(span)?.location(span))
            }
            Place::Block(block) => {
                let argument = element.and_then(argument_of).and_then(|name| block.body.attribute(name));
                // Of several conditions it is not told which.
                let mut conditions =
                    block.body.blocks.iter().filter(|nested| block_type(nested) == "condition");
                let condition = conditions.next().filter(|_| conditions.next().is_none());
                let condition =
                    condition.filter(|_| element == Some("Condition")).map_or(block.span, |one| one.span);
                let span = argument.map_or(condition, |argument| argument.name_span);
                Some(self.source.file(span)?.location(span))
            }
            Place::Heredoc { file, start, elements } => {
                let file = self.source.file(super::syntax::ast::Span { file: *file, start: 0, end: 0 })?;
                Some(in_text(file, *start, elements, element))
            }
            Place::File { file, start, elements } => Some(in_text(file, *start, elements, element)),
        }
    }

    /// What a reference leads to; `None` where it does not lead to an expression of the source.
    fn target(&self, root: &str, steps: &'s [Step], here: &Here<'s>) -> Option<Target<'s>> {
        let keys = self.keys(steps, here)?;
        let name = |at: usize| keys.get(at).map(|key| &**key);
        let rest = |used: usize| keys.get(used..).unwrap_or_default().to_vec();
        let module = self.instance(here.instance);
        match (root, name(0)?) {
            ("local", local) => {
                let value = &module.module?.locals.get(local)?.value;
                Some(Target::Expression(value, rest(1), here.further(here.instance, local, None, None)?))
            }
            ("var", variable) => {
                let (parent, call) = module.call?;
                let argument = call.body.attribute(variable)?;
                let key = module.path.last().and_then(|step| step.key.as_ref());
                let there = here.further(parent, variable, key, for_each(call))?;
                Some(Target::Expression(&argument.value, rest(1), there))
            }
            ("each", "value") => {
                let Some(Key::Name(key)) = &here.key else { return None };
                let mut picked = vec![key.clone()];
                picked.extend(rest(1));
                let there = here.further(here.instance, "for_each", None, None)?;
                Some(Target::Expression(here.for_each?, picked, there))
            }
            ("module", call) => {
                let block = module.module?.calls.get(call)?;
                let (key, used) = instance_key(block, name(1));
                let child = self.child(here.instance, &ModuleStep { name: call.into(), key })?;
                let output = name(used)?;
                let value = &self.instance(child).module?.outputs.get(output)?.value;
                let there = here.further(child, output, None, None)?;
                Some(Target::Expression(value, rest(used.saturating_add(1)), there))
            }
            ("data", kind) => self.resource_target(Mode::Data, kind, &keys, 1, here),
            (kind, _) => {
                let mut keys = keys.clone();
                keys.insert(0, kind.into());
                self.resource_target(Mode::Managed, kind, &keys, 1, here)
            }
        }
    }

    /// A resource: `keys` has its type and its name from `at` on.
    fn resource_target(
        &self,
        mode: Mode,
        kind: &str,
        keys: &[Box<str>],
        at: usize,
        here: &Here<'s>,
    ) -> Option<Target<'s>> {
        let name = keys.get(at)?;
        let prefix = if mode == Mode::Data { "data." } else { "" };
        let block = self.block(here.instance, &format!("{prefix}{kind}.{name}"))?;
        let next = at.saturating_add(1);
        let (key, used) = instance_key(block, keys.get(next).map(|key| &**key));
        let attribute_at = next.saturating_add(used).saturating_sub(1);
        let attribute = keys.get(attribute_at)?;
        let there = here.further(here.instance, attribute, key.as_ref(), for_each(block))?;
        if mode == Mode::Data && kind == "aws_iam_policy_document" {
            return matches!(&**attribute, "json" | "minified_json")
                .then_some(Target::Document(block, there));
        }
        let value = &block.body.attribute(attribute)?.value;
        let rest = keys.get(attribute_at.saturating_add(1)..).unwrap_or_default().to_vec();
        Some(Target::Expression(value, rest, there))
    }

    /// Steps as known keys.
    fn keys(&self, steps: &'s [Step], here: &Here<'s>) -> Option<Vec<Box<str>>> {
        let key = |step: &Step| match step {
            Step::Attribute(name) => name.as_known().map(Into::into),
            Step::Index(index) => {
                self.evaluate(index, &here.env()).to_text()?.as_known().map(Into::<Box<str>>::into)
            }
        };
        steps.iter().map(key).collect()
    }

    /// The expression that keys lead to within another one.
    fn member(
        &self,
        expression: &'s Expr,
        keys: &[Box<str>],
        here: &Here<'s>,
    ) -> Option<(&'s Expr, Here<'s>)> {
        let Some((first, rest)) = keys.split_first() else { return Some((expression, here.clone())) };
        match &expression.kind {
            ExprKind::Wrap(inner) => self.member(inner, keys, here),
            ExprKind::Object(members) => {
                let is_key =
                    |key: &Expr| self.evaluate(key, &here.env()).as_known_str().map(|key| *key == **first);
                // A later member of the same name wins; a name that is not known may be any.
                for (key, value) in members.iter().rev() {
                    if is_key(key)? {
                        return self.member(value, rest, here);
                    }
                }
                None
            }
            ExprKind::Tuple(items) => self.member(items.get(first.parse::<usize>().ok()?)?, rest, here),
            ExprKind::Traversal(base, steps) => {
                let ExprKind::Variable(root) = &base.kind else { return None };
                let Target::Expression(value, mut picked, there) = self.target(root, steps, here)? else {
                    return None;
                };
                picked.extend(keys.iter().cloned());
                self.member(value, &picked, &there)
            }
            ExprKind::Conditional(parts) => self.member(self.branch(parts, here)?, keys, here),
            _ => None,
        }
    }

    /// The branch that a conditional takes.
    fn branch(&self, parts: &'s [Expr; 3], here: &Here<'s>) -> Option<&'s Expr> {
        let [condition, then, otherwise] = parts;
        let holds = self.evaluate(condition, &here.env()).as_bool()?;
        Some(if holds { then } else { otherwise })
    }
}

/// The argument of a `statement` block that an element comes from.
fn argument_of(element: &str) -> Option<&'static str> {
    Some(match element {
        "Sid" => "sid",
        "Effect" => "effect",
        "Action" => "actions",
        "NotAction" => "not_actions",
        "Resource" => "resources",
        "NotResource" => "not_resources",
        _ => return None,
    })
}

fn in_text(file: &SourceFile, start: usize, elements: &[(String, usize)], element: Option<&str>) -> Location {
    let named = elements.iter().find(|(name, _)| Some(name.as_str()) == element);
    file.location_at(named.map_or(start, |(_, at)| *at))
}

fn for_each(block: &Block) -> Option<&Expr> {
    block.body.attribute("for_each").map(|attribute| &*attribute.value)
}

/// The key of the instance that a reference picks, and how many keys with the name of the block that takes.
fn instance_key(block: &Block, key: Option<&str>) -> (Option<Key>, usize) {
    let has = |name| block.body.attribute(name).is_some();
    match key {
        Some(key) if has("for_each") => (Some(Key::Name(key.into())), 2),
        Some(key) if has("count") => (key.parse().ok().map(Key::Index), 2),
        _ => (None, 1),
    }
}

/// The only argument that matters of a function that leaves the statements as they are.
fn passed_through(call: &Call) -> Option<&Expr> {
    let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
    let same = matches!(name, "trimspace" | "chomp" | "replace" | "sensitive" | "nonsensitive" | "tostring");
    if same { call.arguments.first() } else { None }
}
