//! The evaluator: module instances, what was evaluated already, limits, notes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::env::{Each, Env, Site};
use super::fault::Fault;
use super::fuel::Fuel;
use super::load::{Source, SourceFile};
use super::module::Module;
use super::reference::Keys;
use super::syntax::ast::{Block, Expr, Part, Span};
use super::value::Value;
use super::world::World;
use crate::plan::{self, Address, Key, ModuleStep};
use crate::text::{Hole, Shape};

/// How deep expressions and the references between them may nest.
const MAX_DEPTH: u32 = 250;
/// How many characters of an expression a hole is named with.
const NAME_LENGTH: usize = 60;

/// Evaluates the source of a configuration in the light of its plan.
///
/// What cannot be evaluated becomes a hole that names the expression; [`Evaluator::notes`] says why.
pub struct Evaluator<'s> {
    pub(super) source: &'s Source,
    pub(super) world: &'s dyn World,
    instances: RefCell<Vec<Rc<Instance<'s>>>>,
    children: RefCell<HashMap<(usize, ModuleStep), usize>>,
    memo: RefCell<HashMap<Item<'s>, Option<Value>>>,
    /// The instances of blocks, by address.
    pub(super) keys: RefCell<HashMap<Box<str>, Keys>>,
    pub(super) fuel: Fuel,
    depth: Cell<u32>,
    notes: RefCell<BTreeSet<String>>,
    /// What the world had to look up.
    fetched: RefCell<HashMap<Address, Option<Rc<plan::Value>>>>,
    /// The index of each template by its name.
    by_name: RefCell<HashMap<Box<str>, usize>>,
    /// What a function encoded into a text that is not known, by the function and the hole for the text.
    pub(super) encoded: RefCell<HashMap<(&'static str, Hole), Value>>,
    /// Template files, numbered after the files of the source.
    pub(super) templates: RefCell<Vec<Rc<Template>>>,
}

/// A template file that was read.
pub(super) struct Template {
    pub(super) file: SourceFile,
    pub(super) parts: Result<Box<[Part]>, String>,
}

/// A module instance.
pub(super) struct Instance<'s> {
    pub(super) path: Vec<ModuleStep>,
    /// The address as prefix of what stands in it: empty, or `module.a["x"].`.
    pub(super) prefix: String,
    /// The names of the calls, joined by dots.
    pub(super) key: String,
    /// `None` if its source is missing.
    pub(super) module: Option<&'s Module>,
    /// The instance that calls it, and the call.
    pub(super) call: Option<(usize, &'s Block)>,
}

/// Attributes of a resource instance.
pub(super) enum Planned<'s> {
    Here(&'s plan::Value),
    Fetched(Rc<plan::Value>),
}

impl std::ops::Deref for Planned<'_> {
    type Target = plan::Value;

    fn deref(&self) -> &plan::Value {
        match self {
            Self::Here(value) => value,
            Self::Fetched(value) => value,
        }
    }
}

/// Something whose value is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Item<'s> {
    Local(usize, &'s str),
    Variable(usize, &'s str),
    Output(usize, &'s str),
    /// All instances of a resource, by address within the module.
    Resource(usize, Box<str>),
    /// An attribute of a resource instance.
    Attribute(usize, Box<str>, Option<Key>, Box<str>),
    /// All instances of a module call.
    Call(usize, Box<str>),
    /// The `for_each` of a block, by its place.
    ForEach(usize, Span),
}

impl<'s> Evaluator<'s> {
    /// An evaluator of `source`, for the plan that `world` tells about.
    pub fn new(source: &'s Source, world: &'s dyn World) -> Self {
        let root = Instance {
            path: Vec::new(),
            prefix: String::new(),
            key: String::new(),
            module: source.module(""),
            call: None,
        };
        Self {
            source,
            world,
            instances: RefCell::new(vec![Rc::new(root)]),
            children: RefCell::default(),
            memo: RefCell::default(),
            keys: RefCell::default(),
            by_name: RefCell::default(),
            fuel: Fuel::new(),
            depth: Cell::new(0),
            notes: RefCell::default(),
            fetched: RefCell::default(),
            encoded: RefCell::default(),
            templates: RefCell::default(),
        }
    }

    /// The value of an argument of a resource or data source, as its block says; `None` if the source has no such
    /// block or the block no such argument.
    ///
    /// `json` and `minified_json` of an `aws_iam_policy_document` are evaluated too.
    pub fn attribute(&self, address: &Address, name: &str) -> Option<plan::Value> {
        self.fuel.begin();
        let instance = self.instance_of(&address.module)?;
        let block = self.block(instance, &address.block())?;
        let site = Site { address: address.to_string().into(), attribute: name.into() };
        let value = if is_document(address, name) {
            self.document(instance, address, block, &site)
        } else {
            let argument = block.body.attribute(name)?;
            let env = Env { each: each(address, block), ..Env::new(instance, &site) };
            self.evaluate(&argument.value, &env)
        };
        Some(self.plan_value(&value, &site))
    }

    /// The nested blocks of a type, each as an object of its arguments and nested blocks; dynamic blocks are expanded.
    /// A dynamic block over something unknown gives an unknown element, which stands for any number of blocks.
    ///
    /// `None` if the source has no such resource.
    pub fn blocks(&self, address: &Address, kind: &str) -> Option<Vec<plan::Value>> {
        self.fuel.begin();
        let instance = self.instance_of(&address.module)?;
        let block = self.block(instance, &address.block())?;
        let site = Site { address: address.to_string().into(), attribute: kind.into() };
        let env = Env { each: each(address, block), ..Env::new(instance, &site) };
        let values = self.nested_blocks(&block.body, kind, &env);
        Some(values.iter().map(|value| self.plan_value(value, &site)).collect())
    }

    /// Whether the block of a resource sets an argument, to something else than `null`, or has nested blocks of that
    /// type; `None` if the source has no such resource.
    pub fn is_configured(&self, address: &Address, name: &str) -> Option<bool> {
        let instance = self.instance_of(&address.module)?;
        let block = self.block(instance, &address.block())?;
        if block.body.blocks.iter().any(|nested| super::module::block_type(nested) == name) {
            return Some(true);
        }
        if block.body.attribute(name).is_none() {
            return Some(false);
        }
        Some(self.attribute(address, name).is_some_and(|value| !value.is_null()))
    }

    /// The value of a local value of a module instance; `None` if the source has none such.
    pub fn local(&self, module: &[ModuleStep], name: &str) -> Option<plan::Value> {
        self.fuel.begin();
        let instance = self.instance_of(module)?;
        let value = self.local_value(instance, name).ok()?;
        let address = format!("{}local", self.instance(instance).prefix).into();
        Some(self.plan_value(&value, &Site { address, attribute: name.into() }))
    }

    /// What could not be evaluated and why, sorted.
    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().iter().cloned().collect()
    }

    pub(super) fn note(&self, note: String) {
        self.notes.borrow_mut().insert(note);
    }

    /// Evaluates what nobody will ask for: what goes wrong is of no interest.
    pub(super) fn silently<T>(&self, evaluate: impl FnOnce() -> T) -> T {
        let notes = self.notes.borrow().clone();
        let result = evaluate();
        self.notes.replace(notes);
        result
    }

    /// A value as the plan layer knows values. What is too deep or too much becomes a hole.
    pub(super) fn plan_value(&self, value: &Value, site: &Site) -> plan::Value {
        let hole = Hole::new(site.address.clone(), site.attribute.clone(), Shape::ANY);
        let (value, whole) = value.to_plan(&self.fuel, &hole);
        if !whole {
            self.note(format!("{}.{} is too large and counts as unknown", site.address, site.attribute));
        }
        value
    }

    /// The block of a resource within a module instance.
    pub(super) fn block(&self, instance: usize, name: &str) -> Option<&'s Block> {
        self.instance(instance).module?.resources.get(name)
    }

    pub(super) fn instance(&self, index: usize) -> Rc<Instance<'s>> {
        let instances = self.instances.borrow();
        match instances.get(index) {
            Some(instance) => Rc::clone(instance),
            None => Rc::new(Instance {
                path: Vec::new(),
                prefix: String::new(),
                key: String::new(),
                module: None,
                call: None,
            }),
        }
    }

    /// The module instance at a path; `None` if the source has no such call.
    pub(super) fn instance_of(&self, path: &[ModuleStep]) -> Option<usize> {
        path.iter().try_fold(0, |instance, step| self.child(instance, step))
    }

    /// The instance of a module call.
    pub(super) fn child(&self, parent: usize, step: &ModuleStep) -> Option<usize> {
        if let Some(child) = self.children.borrow().get(&(parent, step.clone())) {
            return Some(*child);
        }
        let above = self.instance(parent);
        let call = above.module?.calls.get(&step.name)?;
        let mut path = above.path.clone();
        path.push(step.clone());
        let key = step.key.as_ref().map(ToString::to_string).unwrap_or_default();
        let prefix = format!("{}module.{}{key}.", above.prefix, step.name);
        let dot = if above.key.is_empty() { "" } else { "." };
        let key = format!("{}{dot}{}", above.key, step.name);
        let module = self.source.module(&key);
        let instance = Instance { path, prefix, key, module, call: Some((parent, call)) };
        let mut instances = self.instances.borrow_mut();
        let index = instances.len();
        instances.push(Rc::new(instance));
        self.children.borrow_mut().insert((parent, step.clone()), index);
        Some(index)
    }

    /// The value of something that is evaluated once; `what` names it in the message if it refers to itself.
    pub(super) fn kept(&self, item: Item<'s>, site: &Site, evaluate: impl FnOnce() -> Value) -> Value {
        match self.memo.borrow().get(&item) {
            Some(Some(value)) => return value.clone(),
            Some(None) => {
                self.note(format!(
                    "{}.{} refers to itself and counts as unknown",
                    site.address, site.attribute
                ));
                return Value::unknown(Hole::new(site.address.clone(), site.attribute.clone(), Shape::ANY));
            }
            None => {}
        }
        self.memo.borrow_mut().insert(item.clone(), None);
        let before = self.fuel.begin();
        let value = evaluate();
        self.fuel.end(before);
        self.memo.borrow_mut().insert(item, Some(value.clone()));
        value
    }

    /// The attributes of a resource instance, as far as the plan has them.
    pub(super) fn planned(&self, address: &Address) -> Option<Planned<'s>> {
        if let Some(value) = self.world.resource(address) {
            return Some(Planned::Here(value));
        }
        if let Some(known) = self.fetched.borrow().get(address) {
            return known.clone().map(Planned::Fetched);
        }
        let found = self.world.fetch(address).map(Rc::new);
        self.fetched.borrow_mut().insert(address.clone(), found.clone());
        found.map(Planned::Fetched)
    }

    /// Runs `inside` one level deeper.
    pub(super) fn deeper<T>(&self, inside: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(Fault::Limit("expressions and references nest too deep"));
        }
        self.depth.set(depth.saturating_add(1));
        let result = inside();
        self.depth.set(depth);
        result
    }

    /// The hole for an expression that has no value.
    pub(super) fn hole(&self, expression: &Expr, env: &Env<'_>) -> Hole {
        self.shaped_hole(expression, env, Shape::ANY)
    }

    pub(super) fn shaped_hole(&self, expression: &Expr, env: &Env<'_>, shape: Shape) -> Hole {
        let text = self.text_of(expression.span);
        let mut name: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = name.char_indices().nth(NAME_LENGTH) {
            name.truncate(end);
            name.push('…');
        }
        let place = self.place(expression.span);
        let name = format!("{name} at {place}{}", env.turns());
        Hole::of_expression(env.site.address.clone(), env.site.attribute.clone(), name, shape)
    }

    /// The value of an expression; what goes wrong becomes a hole.
    pub(super) fn evaluate(&self, expression: &Expr, env: &Env<'_>) -> Value {
        let env = Env { strict: false, ..*env };
        self.eval(expression, &env).unwrap_or_else(|fault| self.given_up(expression, &env, &fault))
    }

    /// The hole for an expression that went wrong, with a note that says why.
    pub(super) fn given_up(&self, expression: &Expr, env: &Env<'_>, fault: &Fault) -> Value {
        let place = self.place(expression.span);
        self.note(format!("{place}: {}; the value counts as unknown", fault.message()));
        Value::unknown(self.hole(expression, env))
    }

    /// A place, for messages and names: `main.tf:12:3`.
    pub(super) fn place(&self, span: Span) -> String {
        self.source
            .file(span)
            .map(|file| file.place(span))
            .or_else(|| Some(self.template(span)?.file.place(span)))
            .unwrap_or_default()
    }

    /// The text of an expression.
    pub(super) fn text_of(&self, span: Span) -> String {
        match self.source.file(span) {
            Some(file) => file.text_of(span).into(),
            None => {
                self.template(span).map(|template| template.file.text_of(span).to_owned()).unwrap_or_default()
            }
        }
    }

    /// The template of this name, if it was read already.
    pub(super) fn template_named(&self, name: &str) -> Option<usize> {
        self.by_name.borrow().get(name).copied()
    }

    /// Adds a template file; gives its index.
    pub(super) fn add_template(&self, name: &str, text: &str) -> usize {
        let mut templates = self.templates.borrow_mut();
        let index = templates.len();
        let file = u32::try_from(self.source.file_count().saturating_add(index)).unwrap_or(u32::MAX);
        templates.push(Rc::new(super::functions::parse_template(name, text, file)));
        self.by_name.borrow_mut().insert(name.into(), index);
        index
    }

    fn template(&self, span: Span) -> Option<Rc<Template>> {
        let index = usize::try_from(span.file).ok()?.checked_sub(self.source.file_count())?;
        self.templates.borrow().get(index).cloned()
    }
}

/// `each` or `count` of an instance.
pub(super) fn each<'e>(address: &'e Address, block: &'e Block) -> Option<Each<'e>> {
    let key = address.key.as_ref()?;
    Some(Each { key, for_each: block.body.attribute("for_each").map(|attribute| &*attribute.value) })
}

/// Whether an attribute is the JSON of a policy document that the provider puts together.
pub(super) fn is_document(address: &Address, attribute: &str) -> bool {
    address.mode == plan::Mode::Data
        && &*address.kind == "aws_iam_policy_document"
        && matches!(attribute, "json" | "minified_json")
}
