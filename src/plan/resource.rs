//! One resource instance as the plan's JSON has it: an element of `resource_changes`, or a resource of a state.

use std::borrow::Cow;

use super::address::{Address, Key, Mode, ModuleStep};
use super::build::{self, Texts};
use super::cursor::{Cursor, Misshapen};
use super::error::PlanError;
use super::kept;
use super::marks::{Holes, Marks, mark_sensitive};
use super::model::{Action, ResourceChange};
use super::value::Value;

/// The parts of an element that tell whether it matters.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) address: Option<Cow<'a, [u8]>>,
    pub(super) kind: Option<Cow<'a, [u8]>>,
    pub(super) mode: Option<Cow<'a, [u8]>>,
    /// There if it comes before the others, as Terraform writes it.
    pub(super) previous_address: Option<Cow<'a, [u8]>>,
}

/// Reads the head of an element, which Terraform writes first.
pub(super) fn head(json: &[u8]) -> Result<Head<'_>, Misshapen> {
    let mut cursor = Cursor::new(json);
    let mut head = Head::default();
    let mut items = cursor.object()?;
    while let Some(key) = cursor.next_key(&mut items)? {
        match &*key.bytes()? {
            b"address" => head.address = cursor.optional_bytes()?,
            b"mode" => head.mode = cursor.optional_bytes()?,
            b"type" => head.kind = cursor.optional_bytes()?,
            b"previous_address" => head.previous_address = cursor.optional_bytes()?,
            _ => drop(cursor.skip()?),
        }
        if head.kind.is_some() && head.mode.is_some() && head.address.is_some() {
            break;
        }
    }
    Ok(head)
}

/// What both kinds of elements are made of.
#[derive(Default)]
struct Element<'a> {
    address: Option<Cow<'a, str>>,
    module_address: Option<Cow<'a, str>>,
    mode: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    index: Option<Key>,
    /// The key of a deposed object.
    deposed: Option<Cow<'a, str>>,
    previous_address: Option<Cow<'a, str>>,
    action_reason: Option<Cow<'a, str>>,
    change: Option<Change<'a>>,
    values: Option<Value>,
    sensitive_values: Marks<'a>,
    depends_on: Vec<Box<str>>,
}

/// What happens to a resource.
#[derive(Default)]
struct Change<'a> {
    action: Option<(Action, bool)>,
    before: Option<Value>,
    after: Option<Value>,
    /// Whether `after` is written as `before` is.
    is_same: bool,
    after_unknown: Marks<'a>,
    before_sensitive: Marks<'a>,
    after_sensitive: Marks<'a>,
}

impl<'a> Element<'a> {
    fn read(json: &'a [u8], texts: &mut Texts) -> Result<Self, Misshapen> {
        let mut cursor = Cursor::new(json);
        let mut element = Self::default();
        let mut items = cursor.object()?;
        while let Some(key) = cursor.next_key(&mut items)? {
            match &*key.bytes()? {
                b"address" => element.address = cursor.optional_string()?,
                b"module_address" => element.module_address = cursor.optional_string()?,
                b"mode" => element.mode = cursor.optional_string()?,
                b"type" => element.kind = cursor.optional_string()?,
                b"name" => element.name = cursor.optional_string()?,
                b"index" => element.index = index(&mut cursor)?,
                b"deposed" | b"deposed_key" => {
                    element.deposed = cursor.optional_string()?.or(element.deposed);
                }
                b"previous_address" => element.previous_address = cursor.optional_string()?,
                b"action_reason" => element.action_reason = cursor.optional_string()?,
                b"change" => {
                    let unused = kept::unused_attributes(element.kind.as_deref());
                    element.change = Some(Change::read(&mut cursor, texts, unused)?);
                }
                b"values" => {
                    let unused = kept::unused_attributes(element.kind.as_deref());
                    element.values = side(&mut cursor, texts, unused)?;
                }
                b"sensitive_values" => element.sensitive_values = Marks::read(&mut cursor)?,
                b"depends_on" => element.depends_on = strings(&mut cursor)?,
                _ => drop(cursor.skip()?),
            }
        }
        Ok(element)
    }
}

impl<'a> Change<'a> {
    fn read(cursor: &mut Cursor<'a>, texts: &mut Texts, unused: &[&str]) -> Result<Self, Misshapen> {
        let mut change = Self::default();
        // How `before` and `after` are written, in the order in which they come.
        let mut first: Option<&[u8]> = None;
        let mut items = cursor.object()?;
        while let Some(key) = cursor.next_key(&mut items)? {
            match &*key.bytes()? {
                b"actions" => change.action = Some(actions(cursor)?),
                b"before" if first.is_none() => {
                    let from = cursor.rest();
                    change.before = side(cursor, texts, unused)?;
                    first = Some(written(from, cursor));
                }
                b"after" => {
                    change.is_same = first.is_some_and(|first| cursor.take_same(first));
                    if !change.is_same {
                        change.after = side(cursor, texts, unused)?;
                    }
                    first.get_or_insert_default();
                }
                b"before" => change.before = side(cursor, texts, unused)?,
                b"after_unknown" => change.after_unknown = Marks::read(cursor)?,
                b"before_sensitive" => change.before_sensitive = Marks::read(cursor)?,
                b"after_sensitive" => change.after_sensitive = Marks::read(cursor)?,
                _ => drop(cursor.skip()?),
            }
        }
        Ok(change)
    }

    /// The side that an action needs and that is not there.
    fn lacks(&self, action: Action) -> Option<&'static str> {
        let has_before = self.before.is_some();
        let has_after = self.is_same && has_before || self.after.is_some();
        match action {
            Action::Create | Action::Update | Action::Replace if !has_after => Some("after"),
            Action::NoOp if has_before && !has_after => Some("after"),
            Action::Update | Action::Replace | Action::Delete if !has_before => Some("before"),
            Action::NoOp if has_after && !has_before => Some("before"),
            _ => None,
        }
    }

    /// Joins the values with their marks.
    fn join(&mut self) {
        let same_marks = self.before_sensitive == self.after_sensitive;
        if self.is_same && !same_marks {
            self.after.clone_from(&self.before);
        }
        if let Some(before) = &mut self.before {
            mark_sensitive(before, &self.before_sensitive);
        }
        if self.is_same && same_marks {
            self.after.clone_from(&self.before);
        } else if let Some(after) = &mut self.after {
            mark_sensitive(after, &self.after_sensitive);
        }
    }
}

/// Reads one side of a change, or the values of a state; `None` for `null`.
fn side(cursor: &mut Cursor<'_>, texts: &mut Texts, unused: &[&str]) -> Result<Option<Value>, Misshapen> {
    Ok(Some(build::attributes(cursor, texts, unused)?).filter(|value| !value.is_null()))
}

/// How the value is written that was read from `from` up to `cursor`.
fn written<'a>(from: &'a [u8], cursor: &Cursor<'_>) -> &'a [u8] {
    let length = from.len().saturating_sub(cursor.rest().len());
    from.get(..length).unwrap_or_default().trim_ascii_start()
}

/// Reads an element of `resource_changes`, and whether it is about a deposed object.
pub(super) fn change(json: &[u8], texts: &mut Texts) -> Result<(ResourceChange, bool), PlanError> {
    let fail = |what: &str| failure(json, "an element of resource_changes", what);
    let mut element = Element::read(json, texts).map_err(|Misshapen| fail(MISSHAPEN))?;
    let mut change = element.change.take().ok_or_else(|| fail("it has no `change`"))?;
    let (action, creates_first) = change.action.ok_or_else(|| fail("it has no `actions`"))?;
    let (address, address_text) = element.address(None).ok_or_else(|| fail("its address is none"))?;
    let is_side = |side: &Option<Value>| matches!(side, None | Some(Value::Object(_)));
    if !is_side(&change.before) || !is_side(&change.after) {
        return Err(fail("its `before` and `after` must be objects or null"));
    }
    if let Some(side) = change.lacks(action).filter(|_| element.deposed.is_none()) {
        return Err(fail(&format!("it has no `{side}`")));
    }
    change.join();
    let Change { mut before, mut after, mut after_unknown, .. } = change;
    let unused = kept::unused_attributes(Some(&address.kind));
    if let Marks::Members(marks) = &mut after_unknown {
        marks.retain(|(name, _)| !unused.contains(&&**name));
    }
    if after.is_some() || (after_unknown != Marks::None && action != Action::Delete) {
        let shape = |path: &str| kept::shape(address.mode, &address.kind, action, path);
        let after = after.get_or_insert(Value::Null);
        Holes { address: &address_text, shape: &shape, texts }.fill(after, &after_unknown);
    }
    if action == Action::Forget {
        after.clone_from(&before);
    }
    hide(&address.kind, &mut before);
    hide(&address.kind, &mut after);
    let is_deposed = element.deposed.is_some();
    let address_text = match element.deposed {
        Some(key) => format!("{address_text} (deposed {key})").into(),
        None => address_text,
    };
    let change = ResourceChange {
        address,
        address_text,
        previous_address: element.previous_address.map(Cow::into),
        action,
        creates_first,
        action_reason: element.action_reason.map(Cow::into),
        depends_on: Box::default(),
        before,
        after,
    };
    Ok((change, is_deposed))
}

/// Reads a resource of a state, in the module instance `module`, as one that nothing changes; `None` for a deposed
/// object.
pub(super) fn state(
    json: &[u8],
    module: Option<&str>,
    texts: &mut Texts,
) -> Result<Option<ResourceChange>, PlanError> {
    let fail = |what: &str| failure(json, "a resource of the state", what);
    let mut element = Element::read(json, texts).map_err(|Misshapen| fail(MISSHAPEN))?;
    if element.deposed.is_some() {
        return Ok(None);
    }
    let (address, address_text) = element.address(module).ok_or_else(|| fail("its address is none"))?;
    if let Some(value) = &mut element.values {
        mark_sensitive(value, &element.sensitive_values);
    }
    let mut value = element.values;
    hide(&address.kind, &mut value);
    Ok(Some(ResourceChange {
        address,
        address_text,
        previous_address: None,
        action: Action::NoOp,
        creates_first: false,
        action_reason: None,
        depends_on: element.depends_on.into(),
        before: value.clone(),
        after: value,
    }))
}

const MISSHAPEN: &str = "one of its members is of another form";

/// An error that names the element by its address, without anything that could be secret or disturb a terminal.
pub(super) fn failure(json: &[u8], otherwise: &str, what: &str) -> PlanError {
    let address = head(json).ok().and_then(|head| head.address);
    let place = match address {
        Some(address) => {
            let address = String::from_utf8_lossy(&address);
            address.chars().filter(|c| !c.is_control()).take(400).collect::<String>().into()
        }
        None => otherwise.into(),
    };
    PlanError::Element { place, what: what.into() }
}

/// Marks what may be secret although the plan does not mark it, and drops what is not used and still there, as the
/// type came after the values.
fn hide(kind: &str, side: &mut Option<Value>) {
    let Some(Value::Object(object)) = side else { return };
    let unused = kept::unused_attributes(Some(kind));
    if unused.iter().any(|name| object.members.contains_key(name)) {
        object.members.retain(|name, _| !unused.contains(&&**name));
    }
    for attribute in kept::sensitive_attributes(kind) {
        if let Some(value) = object.members.get_mut(attribute) {
            value.mark_sensitive();
        }
    }
    // Terraform marks a tag in `tags` and shows the same in `tags_all`.
    let Some(Value::Object(tags)) = object.members.get("tags").filter(|tags| tags.is_sensitive()) else {
        return;
    };
    let tags = tags.clone();
    match object.members.get_mut("tags_all") {
        Some(all @ Value::Object(_)) if tags.sensitive => all.mark_sensitive(),
        Some(Value::Object(all)) => {
            let secret = tags.members.iter().filter(|(_, value)| value.is_sensitive());
            for (name, _) in secret {
                if let Some(value) = all.members.get_mut(name) {
                    value.mark_sensitive();
                }
            }
        }
        _ => {}
    }
}

impl Element<'_> {
    /// The address and its text, made whole where old versions print a part of it only.
    fn address(&self, module: Option<&str>) -> Option<(Address, Box<str>)> {
        let module = module.or(self.module_address.as_deref()).filter(|module| !module.is_empty());
        let mut address = match self.address.as_deref().and_then(Address::parse) {
            Some(address) => address,
            None => Address {
                module: Vec::new(),
                mode: self.mode()?,
                kind: self.kind.as_deref()?.into(),
                name: self.name.as_deref()?.into(),
                key: None,
            },
        };
        let mut is_whole = true;
        if let (Some(module), true) = (module, address.module.is_empty()) {
            address.module = module_path(module)?;
            is_whole = false;
        }
        if let (Some(index), None) = (&self.index, &address.key) {
            address.key = Some(index.clone());
            is_whole = false;
        }
        let text = match &self.address {
            Some(text) if is_whole => text.as_ref().into(),
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

fn index(cursor: &mut Cursor<'_>) -> Result<Option<Key>, Misshapen> {
    if cursor.peek() == Some(b'"') {
        return Ok(Some(Key::Name(cursor.string()?.decode()?.into())));
    }
    let number = std::str::from_utf8(cursor.skip()?).map_err(|_| Misshapen)?;
    Ok(number.parse().ok().map(Key::Index))
}

/// The steps of a module's address, such as `module.a["x"].module.b`.
fn module_path(module: &str) -> Option<Vec<ModuleStep>> {
    Address::parse(&format!("{module}.x.x")).map(|address| address.module)
}

/// Reads a list of strings; whatever else stands there holds none.
fn strings(cursor: &mut Cursor<'_>) -> Result<Vec<Box<str>>, Misshapen> {
    let mut strings = Vec::new();
    if cursor.peek() != Some(b'[') {
        cursor.skip()?;
        return Ok(strings);
    }
    let mut items = cursor.list()?;
    while cursor.next_element(&mut items)? {
        strings.extend(cursor.optional_string()?.map(Into::into));
    }
    Ok(strings)
}

/// What `actions` stands for, and whether something is made before what it takes the place of is destroyed.
fn actions(cursor: &mut Cursor<'_>) -> Result<(Action, bool), Misshapen> {
    let mut actions = Vec::new();
    let mut items = cursor.list()?;
    while cursor.next_element(&mut items)? {
        actions.push(cursor.string()?.decode()?);
    }
    let actions: Vec<&str> = actions.iter().map(AsRef::as_ref).collect();
    let creates_first = actions == ["create", "delete"];
    let action = match actions.as_slice() {
        ["no-op"] => Action::NoOp,
        ["create"] => Action::Create,
        ["read"] => Action::Read,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["forget"] => Action::Forget,
        ["delete" | "forget", "create"] | ["create", "delete" | "forget"] => Action::Replace,
        _ => return Err(Misshapen),
    };
    Ok((action, creates_first))
}
