//! A module: the blocks of its files, with override files merged in.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::syntax::ast::{Attribute, Block, Body, Expr};
use super::types::Type;

/// A module as its files say.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Its folder, as `path.module` gives it.
    pub(crate) dir: Box<str>,
    pub(crate) variables: BTreeMap<Box<str>, Variable>,
    pub(crate) locals: BTreeMap<Box<str>, Attribute>,
    pub(crate) outputs: BTreeMap<Box<str>, Output>,
    pub(crate) calls: BTreeMap<Box<str>, Block>,
    /// Provider configurations: `aws`, or `aws.dr` with an alias.
    pub(crate) providers: BTreeMap<Box<str>, Block>,
    /// By address within the module: `aws_iam_role.r`, `data.aws_region.current`.
    pub(crate) resources: HashMap<Box<str>, Block>,
}

/// A `variable` block.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) default: Option<Arc<Expr>>,
    pub(crate) constraint: Type,
    pub(crate) sensitive: bool,
    pub(crate) nullable: bool,
}

/// An `output` block.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) value: Arc<Expr>,
    pub(crate) sensitive: bool,
}

impl Module {
    /// The module made of the bodies of its files, ordinary ones before override files.
    pub(crate) fn new(dir: &str, ordinary: Vec<Body>, overrides: Vec<Body>) -> Self {
        let mut blocks: Vec<Block> = ordinary.into_iter().flat_map(|body| body.blocks).collect();
        let mut index: HashMap<(Box<str>, Vec<Box<str>>), usize> = HashMap::new();
        for (at, block) in blocks.iter().enumerate() {
            index.entry((block.kind.clone(), block.labels.clone())).or_insert(at);
        }
        for block in overrides.into_iter().flat_map(|body| body.blocks) {
            let base = index.get(&(block.kind.clone(), block.labels.clone()));
            match base.and_then(|at| blocks.get_mut(*at)) {
                Some(base) if &*block.kind != "locals" => {
                    base.body = Arc::new(merged(&base.body, &block.body));
                }
                _ => blocks.push(block),
            }
        }
        let mut module = Self { dir: dir.into(), ..Self::default() };
        for block in blocks {
            module.add(block);
        }
        module
    }

    fn add(&mut self, block: Block) {
        let labels: Vec<&str> = block.labels.iter().map(|label| &**label).collect();
        match (&*block.kind, labels.as_slice()) {
            ("resource", [kind, name]) => {
                self.resources.insert(format!("{kind}.{name}").into(), block);
            }
            ("data", [kind, name]) => {
                self.resources.insert(format!("data.{kind}.{name}").into(), block);
            }
            ("module", [name]) => {
                self.calls.insert((*name).into(), block);
            }
            ("provider", [name]) => {
                let alias = block.body.attribute("alias").and_then(|alias| alias.value.as_literal());
                let key = match alias.and_then(|alias| alias.as_text()?.as_known()) {
                    Some(alias) => format!("{name}.{alias}"),
                    None => (*name).to_owned(),
                };
                self.providers.insert(key.into(), block);
            }
            ("locals", _) => {
                for attribute in &block.body.attributes {
                    self.locals.insert(attribute.name.clone(), attribute.clone());
                }
            }
            ("output", [name]) => {
                if let Some(value) = block.body.attribute("value") {
                    let output =
                        Output { value: value.value.clone(), sensitive: flag(&block, "sensitive", false) };
                    self.outputs.insert((*name).into(), output);
                }
            }
            ("variable", [name]) => {
                let constraint =
                    block.body.attribute("type").map_or(Type::Any, |ty| Type::from_expression(&ty.value));
                let variable = Variable {
                    default: block.body.attribute("default").map(|default| default.value.clone()),
                    constraint,
                    sensitive: flag(&block, "sensitive", false),
                    nullable: flag(&block, "nullable", true),
                };
                self.variables.insert((*name).into(), variable);
            }
            _ => {}
        }
    }
}

fn flag(block: &Block, name: &str, default: bool) -> bool {
    let value = block.body.attribute(name).and_then(|attribute| attribute.value.as_literal()?.as_bool());
    value.unwrap_or(default)
}

/// A block body with another one over it: arguments replace arguments, and all nested blocks of a type replace those.
fn merged(base: &Body, over: &Body) -> Body {
    let mut body = Body::default();
    let replaced = |attribute: &Attribute| over.attribute(&attribute.name).is_some();
    body.attributes.extend(base.attributes.iter().filter(|attribute| !replaced(attribute)).cloned());
    body.attributes.extend(over.attributes.iter().cloned());
    let kind = |block: &Block| block_type(block).to_owned();
    let over_kinds: Vec<String> = over.blocks.iter().map(kind).collect();
    body.blocks.extend(base.blocks.iter().filter(|block| !over_kinds.contains(&kind(block))).cloned());
    body.blocks.extend(over.blocks.iter().cloned());
    body
}

/// The type of the nested blocks that a block stands for: `dynamic "x"` stands for blocks `x`.
pub(crate) fn block_type(block: &Block) -> &str {
    match (&*block.kind, block.labels.first()) {
        ("dynamic", Some(label)) => label,
        (kind, _) => kind,
    }
}
