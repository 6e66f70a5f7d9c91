//! What the references in the plan's configuration section tell of a value that is known only after apply.
//!
//! The section names what an expression refers to, never the expression. A value is taken over only where exactly
//! one unknown thing is referred to, and only if that thing is of the kind that belongs there: the ARN of a policy
//! where a policy is attached, a document where a document stands.

use std::hash::{BuildHasher, Hash};

use super::providers::module;
use super::steps::{Step, maximal, split};
use crate::hash::{HashMap, HashSet, State};
use crate::plan::{
    Address, Expression, Key, Members, Mode, Module, ModuleStep, Name, Plan, ResourceConfig, Value,
};

/// How deep references are followed through modules before giving up.
const DEPTH: usize = 32;

/// The instances of a plan by address and by block, for following references.
pub struct References<'a> {
    plan: &'a Plan,
    unknown: &'a Unknown,
    index: &'a Index,
}

/// Where the instances of a plan stand in it, by the hash of their address and of their block. The plan's values may
/// change under it, its addresses do not.
#[derive(Debug, Default)]
pub struct Index {
    by_address: HashMap<u64, usize>,
    by_block: HashMap<u64, Vec<usize>>,
}

impl Index {
    /// Indexes the plan.
    pub fn new(plan: &Plan) -> Self {
        let mut index = Self::default();
        for (position, change) in plan.resources.iter().enumerate() {
            index.by_address.insert(hash(&*change.address_text), position);
            index.by_block.entry(hash(&block_of(&change.address))).or_default().push(position);
        }
        index
    }
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    State::default().hash_one(value)
}

fn block_of(address: &Address) -> Block<'_> {
    (&address.module, address.mode, &address.kind, &address.name)
}

/// The attributes that the plan itself leaves unknown: what has been filled in since is still what an unknown value
/// can hang on.
#[derive(Debug, Default)]
pub struct Unknown(HashSet<(usize, Name)>);

impl Unknown {
    /// Notes what is unknown, wholly or in part.
    pub fn of(plan: &Plan) -> Self {
        let mut unknown = HashSet::default();
        for (index, change) in plan.resources.iter().enumerate() {
            if let Some(Value::Object(after)) = &change.after {
                let open = after.members.iter().filter(|(_, value)| value.has_holes());
                unknown.extend(open.map(|(name, _)| (index, name.clone())));
            }
        }
        Self(unknown)
    }

    fn contains(&self, index: usize, attribute: &str) -> bool {
        let attribute = if attribute.is_empty() { "arn" } else { attribute };
        self.0.contains(&(index, Name::from(attribute)))
    }
}

/// A block within a module instance: module, mode, type, name.
type Block<'a> = (&'a [ModuleStep], Mode, &'a str, &'a str);

/// Where an expression stands: its module instance, and the key of the instance that it belongs to.
#[derive(Clone)]
struct Scope<'p> {
    module: Vec<ModuleStep>,
    key: Option<Key>,
    for_each: Option<&'p Expression>,
    /// Whether a block without an explicit key is meant at the key of this instance.
    own_key: bool,
}

/// A reference that was followed to a value.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The type of the resource that the value belongs to (`data.` in front of a data source's).
    pub kind: String,
    /// The attribute that the value was read from; empty where a whole resource is meant.
    pub attribute: String,
    /// The value.
    pub value: Value,
    /// The position of the resource instance in the plan.
    pub instance: usize,
    /// Whether the plan itself leaves it unknown.
    was_unknown: bool,
    /// Whether it is one of several of which the expression means one, by a key.
    pub is_one_of: bool,
}

impl Resolved {
    /// Whether the plan itself leaves the value unknown.
    pub fn is_unknown(&self) -> bool {
        self.was_unknown || self.value.has_holes()
    }
}

impl<'a> References<'a> {
    /// References within a plan; `index` is its own.
    pub fn new(plan: &'a Plan, unknown: &'a Unknown, index: &'a Index) -> Self {
        Self { plan, unknown, index }
    }

    fn at(&self, address: &str) -> Option<usize> {
        let position = *self.index.by_address.get(&hash(address))?;
        let change = self.plan.resources.get(position)?;
        (&*change.address_text == address).then_some(position)
    }

    fn of_block(&self, block: Block<'_>) -> &'a [usize] {
        let positions = self.index.by_block.get(&hash(&block)).map_or(&[] as &[usize], Vec::as_slice);
        let is_same = |position: &usize| {
            self.plan.resources.get(*position).is_some_and(|change| block_of(&change.address) == block)
        };
        if positions.first().is_some_and(is_same) { positions } else { &[] }
    }

    /// The configuration block of an instance.
    pub fn config(&self, address: &Address) -> Option<&'a ResourceConfig> {
        module(&self.plan.configuration, address)?.resources.of(address)
    }

    /// Everything unknown that `expression`, an argument of the instance at `address`, refers to.
    pub fn unknown_values(&self, address: &Address, expression: &Expression) -> Vec<Resolved> {
        let mut found = self.values(address, expression);
        found.retain(Resolved::is_unknown);
        found
    }

    /// The attribute of the resource instance at a position.
    pub fn attribute(&self, instance: usize, name: &str) -> Option<&'a Value> {
        self.plan.resources.get(instance)?.after.as_ref()?.get(name)
    }

    /// Every attribute of a resource that `expression`, an argument of the instance at `address`, refers to.
    pub fn values(&self, address: &Address, expression: &Expression) -> Vec<Resolved> {
        let for_each = self.config(address).and_then(|config| config.for_each.as_ref());
        let scope =
            Scope { module: address.module.clone(), key: address.key.clone(), for_each, own_key: false };
        let mut found = Vec::new();
        self.expression(&scope, expression, &[], DEPTH, &mut found);
        found
    }

    fn expression(
        &self,
        scope: &Scope<'a>,
        expression: &Expression,
        path: &[&str],
        depth: usize,
        found: &mut Vec<Resolved>,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match expression {
            Expression::Constant(_) => {}
            Expression::References(references) => {
                // An index that is an expression is listed apart from what it is the index of.
                let is_key = |reference: &str| match reference {
                    "each.key" | "count.index" => true,
                    "each.value" => scope.for_each.is_none(),
                    _ => false,
                };
                let has_key = maximal(references).any(is_key);
                // With anything else beside it, the key may be what that makes of it.
                let is_plain = maximal(references).filter(|reference| !is_key(reference)).count() == 1;
                let own_key = (scope.own_key || has_key) && is_plain;
                let picks = scope.own_key || has_key;
                let scope = Scope { own_key, ..scope.clone() };
                for reference in maximal(references) {
                    let before = found.len();
                    self.reference(&scope, reference, path, depth, found);
                    if picks {
                        mark_alternatives(found, before);
                    }
                }
            }
            Expression::Blocks(blocks) => {
                for inner in blocks.iter().flat_map(Members::values) {
                    self.expression(scope, inner, path, depth, found);
                }
            }
        }
    }

    fn reference(
        &self,
        scope: &Scope<'a>,
        reference: &str,
        path: &[&str],
        depth: usize,
        found: &mut Vec<Resolved>,
    ) {
        let steps = split(reference);
        let Some((head, rest)) = steps.split_first() else { return };
        let mut tail: Vec<&str> = rest.iter().map(|step| step.name).collect();
        tail.extend(path);
        match head.name {
            "each" => self.each(scope, &tail, depth, found),
            "var" => self.variable(scope, &tail, depth, found),
            "module" => self.output(scope, rest, path, depth, found),
            "data" => self.resource(scope, Mode::Data, rest, path, found),
            "local" | "count" | "path" | "terraform" | "self" => {}
            _ => self.resource(scope, Mode::Managed, &steps, path, found),
        }
    }

    /// `each.value` is what `for_each` refers to, at this instance's key.
    fn each(&self, scope: &Scope<'a>, tail: &[&str], depth: usize, found: &mut Vec<Resolved>) {
        if let (Some((&"value", path)), Some(for_each)) = (tail.split_first(), scope.for_each) {
            let outer = Scope { for_each: None, own_key: true, ..scope.clone() };
            let before = found.len();
            self.expression(&outer, for_each, path, depth, found);
            mark_alternatives(found, before);
        }
    }

    /// A variable of a child module is an argument of its call.
    fn variable(&self, scope: &Scope<'a>, tail: &[&str], depth: usize, found: &mut Vec<Resolved>) {
        let Some((name, path)) = tail.split_first() else { return };
        let Some((step, parent)) = scope.module.split_last() else { return };
        let Some(call) = self.module(parent).and_then(|module| module.calls.get(&*step.name)) else { return };
        if let Some(argument) = call.expressions.get(name) {
            let outer = Scope {
                module: parent.to_vec(),
                key: step.key.clone(),
                for_each: call.for_each.as_ref(),
                own_key: false,
            };
            let mut referred = Vec::new();
            self.expression(&outer, argument, path, depth, &mut referred);
            found.extend(of_member(referred, path));
        }
    }

    fn output(
        &self,
        scope: &Scope<'a>,
        steps: &[Step<'_>],
        path: &[&str],
        depth: usize,
        found: &mut Vec<Resolved>,
    ) {
        let Some((call_step, rest)) = steps.split_first() else { return };
        let Some(call) = self.module(&scope.module).and_then(|module| module.calls.get(call_step.name))
        else {
            return;
        };
        let keyed = call.for_each.is_some() || call.count.is_some();
        let key = call_step.key.clone().or_else(|| keyed.then(|| scope.key.clone()).flatten());
        let Some((output, rest)) = rest.split_first() else { return };
        let Some(expression) = call.module.outputs.get(output.name) else { return };
        let mut module = scope.module.clone();
        module.push(ModuleStep { name: call_step.name.into(), key });
        let mut tail: Vec<&str> = rest.iter().map(|step| step.name).collect();
        tail.extend(path);
        let inner = Scope { module, key: output.key.clone(), for_each: None, own_key: false };
        self.expression(&inner, expression, &tail, depth, found);
    }

    fn resource(
        &self,
        scope: &Scope<'a>,
        mode: Mode,
        steps: &[Step<'_>],
        path: &[&str],
        found: &mut Vec<Resolved>,
    ) {
        let [kind, name, rest @ ..] = steps else { return };
        let mut tail: Vec<&str> = rest.iter().map(|step| step.name).collect();
        tail.extend(path);
        let address = |key: Option<Key>| Address {
            module: scope.module.clone(),
            mode,
            kind: kind.name.into(),
            name: name.name.into(),
            key,
        };
        let all = self.of_block((&scope.module, mode, kind.name, name.name));
        let keys = match &name.key {
            Some(key) => vec![Some(key.clone())],
            None if scope.own_key => vec![None, scope.key.clone()],
            None => vec![None],
        };
        let one = keys.into_iter().find_map(|key| self.at(&address(key).to_string()));
        let one = one.map(|index| [index]);
        let instances = one.as_ref().map_or(all, |index| index.as_slice());
        let data = if mode == Mode::Data { "data." } else { "" };
        for &index in instances {
            let Some(after) = self.plan.resources.get(index).and_then(|change| change.after.as_ref()) else {
                continue;
            };
            // What follows a whole attribute names a member of an object that the expression puts together.
            let (own, rest) = tail.split_at_checked(rest.len()).unwrap_or((&tail, &[]));
            let mut value = own.iter().fold(after, |value, name| value.member(name));
            if own.is_empty() || matches!(value, Value::Object(_) | Value::List(_)) {
                value = rest.iter().fold(value, |value, name| value.member(name));
            }
            let attribute = tail.first().map(|name| (*name).to_owned()).unwrap_or_default();
            found.push(Resolved {
                kind: format!("{data}{}", kind.name),
                was_unknown: self.unknown.contains(index, &attribute),
                attribute,
                value: value.clone(),
                instance: index,
                is_one_of: false,
            });
        }
    }

    pub(super) fn module(&self, path: &[ModuleStep]) -> Option<&'a Module> {
        path.iter().try_fold(&self.plan.configuration.root, |module, step| {
            Some(&module.calls.get(&*step.name)?.module)
        })
    }
}

/// Marks what was found from `before` on as alternatives, where it is more than one thing.
fn mark_alternatives(found: &mut [Resolved], before: usize) {
    if let Some(alternatives @ [_, _, ..]) = found.get_mut(before..) {
        for one in alternatives {
            one.is_one_of = true;
        }
    }
}

/// Of what an object constructor refers to, what the member at `path` is likely made of: `{ id = x.id, arn = x.arn }`
/// names its members as their attributes are named. All, where the names do not tell.
fn of_member(referred: Vec<Resolved>, path: &[&str]) -> Vec<Resolved> {
    let Some(member) = path.first().filter(|_| referred.len() > 1) else { return referred };
    let suffix = format!("_{member}");
    let same = |resolved: &Resolved| resolved.attribute == **member;
    let similar = |resolved: &Resolved| resolved.attribute.ends_with(&suffix);
    if referred.iter().any(same) {
        return referred.into_iter().filter(same).collect();
    }
    if referred.iter().any(similar) {
        return referred.into_iter().filter(similar).collect();
    }
    referred
}
