//! One resource instance as the plan's JSON has it: an element of `resource_changes`, or a resource of a state.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::address::{Address, Key, Mode, ModuleStep};
use super::build::{self, Texts};
use super::error::PlanError;
use super::kept;
use super::marks::{self, Holes, Marks};
use super::model::{Action, ResourceChange};
use super::value::Value;

/// What both kinds of elements begin with.
#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow)]
    address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    module_address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mode: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    index: Option<&'a RawValue>,
    #[serde(borrow)]
    deposed: Option<Cow<'a, str>>,
    #[serde(borrow)]
    deposed_key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    previous_address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    action_reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    change: Option<Change<'a>>,
    #[serde(borrow)]
    values: Option<&'a RawValue>,
    #[serde(borrow)]
    sensitive_values: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    actions: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    before: Option<&'a RawValue>,
    #[serde(borrow)]
    after: Option<&'a RawValue>,
    #[serde(borrow)]
    after_unknown: Option<&'a RawValue>,
    #[serde(borrow)]
    before_sensitive: Option<&'a RawValue>,
    #[serde(borrow)]
    after_sensitive: Option<&'a RawValue>,
}

/// The parts of an element that tell whether it matters.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(borrow, default)]
    pub(super) address: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) mode: Option<Cow<'a, str>>,
}

/// Reads the head of an element; `None` if it is no object or the parts are no strings.
pub(super) fn head(json: &str) -> Option<Head<'_>> {
    serde_json::from_str(json).ok()
}

/// Reads an element of `resource_changes`; `None` for a deposed object.
pub(super) fn change(json: &str, texts: &mut Texts) -> Result<Option<ResourceChange>, PlanError> {
    let place = place(json, "an element of resource_changes");
    let element = parse(json, &place)?;
    if element.deposed.is_some() {
        return Ok(None);
    }
    let fail = |what: &str| PlanError::Element { place: place.clone(), what: what.into() };
    let change = element.change.as_ref().ok_or_else(|| fail("it has no `change`"))?;
    let action =
        action(&change.actions).ok_or_else(|| fail("its `actions` are none that Terraform knows"))?;
    let mut reader = Reader { texts, place: &place };
    let mut before = reader.side(change.before, change.before_sensitive)?;
    let same = matches!(action, Action::NoOp)
        && raw(change.before) == raw(change.after)
        && raw(change.before_sensitive) == raw(change.after_sensitive);
    let mut after = if same { before.clone() } else { reader.side(change.after, change.after_sensitive)? };
    let (address, address_text) = element.address(None).ok_or_else(|| fail("its address is none"))?;
    let unknown = reader.marks(change.after_unknown)?;
    let has_after = after.is_some() || (unknown != Marks::None && action != Action::Delete);
    if has_after {
        let shape = |path: &str| kept::shape(address.mode, &address.kind, action, path);
        let value = after.get_or_insert(Value::Null);
        Holes { address: &address_text, shape: &shape }.fill(value, &unknown);
    }
    if action == Action::Forget {
        after.clone_from(&before);
    }
    hide(&address.kind, &mut before);
    hide(&address.kind, &mut after);
    Ok(Some(ResourceChange {
        address,
        address_text,
        previous_address: element.previous_address.map(Cow::into),
        action,
        action_reason: element.action_reason.map(Cow::into),
        before,
        after,
    }))
}

/// Reads a resource of a state, in the module instance `module` (empty for the root), as one that nothing changes;
/// `None` for a deposed object.
pub(super) fn state(
    json: &str,
    module: Option<&str>,
    texts: &mut Texts,
) -> Result<Option<ResourceChange>, PlanError> {
    let place = place(json, "a resource of the state");
    let element = parse(json, &place)?;
    if element.deposed.is_some() || element.deposed_key.is_some() {
        return Ok(None);
    }
    let mut reader = Reader { texts, place: &place };
    let mut value = reader.side(element.values, element.sensitive_values)?;
    let Some((address, address_text)) = element.address(module) else {
        return Err(PlanError::Element { place, what: "its address is none".into() });
    };
    hide(&address.kind, &mut value);
    Ok(Some(ResourceChange {
        address,
        address_text,
        previous_address: None,
        action: Action::NoOp,
        action_reason: None,
        before: value.clone(),
        after: value,
    }))
}

fn place(json: &str, otherwise: &str) -> Box<str> {
    head(json).and_then(|head| head.address).map_or_else(|| otherwise.into(), Cow::into)
}

fn parse<'a>(json: &'a str, place: &str) -> Result<Element<'a>, PlanError> {
    // The parser's own words can quote values.
    serde_json::from_str(json).map_err(|error| PlanError::Element {
        place: place.into(),
        what: format!("one of its members is of another form, before its byte {}", error.column()).into(),
    })
}

fn raw(value: Option<&RawValue>) -> Option<&str> {
    value.map(RawValue::get)
}

/// Marks attributes that may hold secrets although the plan does not mark them.
fn hide(kind: &str, side: &mut Option<Value>) {
    let Some(Value::Object(object)) = side else { return };
    for (name, value) in &mut object.members {
        if kept::is_sensitive(kind, name) {
            value.mark_sensitive();
        }
    }
}

struct Reader<'a> {
    texts: &'a mut Texts,
    place: &'a str,
}

impl Reader<'_> {
    fn side(
        &mut self,
        value: Option<&RawValue>,
        sensitive: Option<&RawValue>,
    ) -> Result<Option<Value>, PlanError> {
        let Some(value) = value.filter(|value| value.get() != "null") else { return Ok(None) };
        let mut value =
            build::value(value.get(), self.texts, true).ok_or_else(|| self.fail("a value cannot be read"))?;
        marks::mark_sensitive(&mut value, &self.marks(sensitive)?);
        Ok(Some(value))
    }

    fn marks<'j>(&self, json: Option<&'j RawValue>) -> Result<Marks<'j>, PlanError> {
        let Some(json) = json else { return Ok(Marks::None) };
        marks::parse(json.get()).ok_or_else(|| self.fail("what is unknown or sensitive cannot be read"))
    }

    fn fail(&self, what: &str) -> PlanError {
        PlanError::Element { place: self.place.into(), what: what.into() }
    }
}

impl Element<'_> {
    /// The address and its text, made whole where old versions print a part of it only.
    fn address(&self, module: Option<&str>) -> Option<(Address, Box<str>)> {
        let module = module.or(self.module_address.as_deref()).filter(|module| !module.is_empty());
        let parsed = self.address.as_deref().and_then(Address::parse);
        let mut address = match parsed {
            Some(address) => address,
            None => Address {
                module: Vec::new(),
                mode: self.mode()?,
                kind: self.kind.as_deref()?.into(),
                name: self.name.as_deref()?.into(),
                key: None,
            },
        };
        let mut complete = self.address.is_some();
        if let (Some(module), true) = (module, address.module.is_empty()) {
            address.module = module_path(module)?;
            complete = false;
        }
        if address.key.is_none() {
            address.key = self.index.and_then(key);
            complete &= address.key.is_none();
        }
        let text = match &self.address {
            Some(text) if complete => text.as_ref().into(),
            _ => address.to_string().into(),
        };
        Some((address, text))
    }

    fn mode(&self) -> Option<Mode> {
        match self.mode.as_deref() {
            Some("managed") => Some(Mode::Managed),
            Some("data") => Some(Mode::Data),
            _ => None,
        }
    }
}

fn key(index: &RawValue) -> Option<Key> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Index {
        Number(u64),
        Name(String),
    }
    match serde_json::from_str(index.get()).ok()? {
        Index::Number(index) => Some(Key::Index(index)),
        Index::Name(name) => Some(Key::Name(name.into())),
    }
}

/// The steps of a module's address, such as `module.a["x"].module.b`.
fn module_path(module: &str) -> Option<Vec<ModuleStep>> {
    Address::parse(&format!("{module}.x.x")).map(|address| address.module)
}

/// What `actions` stands for; `None` if it is nothing known.
fn action(actions: &[Cow<'_, str>]) -> Option<Action> {
    let actions: Vec<&str> = actions.iter().map(AsRef::as_ref).collect();
    Some(match actions.as_slice() {
        ["no-op"] => Action::NoOp,
        ["create"] => Action::Create,
        ["read"] => Action::Read,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        ["delete" | "forget", "create"] | ["create", "delete" | "forget"] => Action::Replace,
        _ => return None,
    })
}
