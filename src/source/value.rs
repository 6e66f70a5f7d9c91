//! Values of expressions, with holes and marks of sensitivity. Cloning is cheap.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::common::Common;
use super::composed::composed;
use super::fuel::{Fuel, OutOfFuel};
use super::number::Number;
pub(crate) use super::sequence::Sequence;
use crate::plan;
use crate::text::json::Json;
use crate::text::{Hole, Text};

/// How deep a value may nest to be worked on as a whole.
const MAX_DEPTH: u32 = 200;

/// A value of the language.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) kind: Kind,
    /// Whether the value as a whole is marked as sensitive; elements carry marks of their own too.
    pub(crate) sensitive: bool,
    pub(crate) form: Form,
    /// The type of what is null, unknown or empty, where that is known; and that of a number or bool that may be a string.
    pub(crate) of: Option<Arc<Common>>,
}

/// What a value is.
#[derive(Clone)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    String(Text),
    /// A string written in an order that hangs on something unknown, or with elements that may be absent.
    Shuffled(Arc<Shuffled>),
    Sequence(Sequence),
    Object(Arc<Members>),
    /// Known only after apply, of any type, `null` included.
    Unknown(Hole),
}

/// A text whose parts stand in an order that hangs on something unknown, such as the JSON of a sorted list of ids, or
/// that has commas around elements that may be absent.
///
/// A policy is handed on as a whole, since what stands in its lists means the same in any order, and an element that is
/// unknown may be none. What looks into it, compares it or reads it sees a hole.
pub(crate) struct Shuffled {
    /// The text in one of the orders, with all elements.
    pub(crate) text: Text,
    /// What stands for the text as it will be.
    pub(crate) hole: Hole,
}

impl Shuffled {
    /// The text where its order means nothing: no part of it stands within a string of the JSON that it is.
    fn handed_on(&self) -> Text {
        match Json::parse(&self.text) {
            Ok(Json::Object(_)) => self.text.clone(),
            _ => Text::hole(self.hole.clone()),
        }
    }
}

/// The members of an object or a map, sorted by name.
///
/// A name may have holes. Names that are known come first. None is marked as secret: the whole is.
pub(crate) type Members = BTreeMap<Text, Value>;

/// What a collection is to Terraform, for which a list never equals a tuple, and a map never an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A tuple or an object: as it is written.
    Structural,
    /// A list, a set or a map: of one type.
    Collection,
    /// It may be either, or is neither.
    Unsure,
    /// An object that may have more members than are shown, such as a resource.
    Partial,
}

impl Value {
    pub(crate) fn null() -> Self {
        Kind::Null.into()
    }

    pub(crate) fn boolean(value: bool) -> Self {
        Kind::Bool(value).into()
    }

    pub(crate) fn number(value: Number) -> Self {
        Kind::Number(value).into()
    }

    pub(crate) fn string(text: impl Into<Text>) -> Self {
        let text = composed(text.into());
        let sensitive = text.is_sensitive();
        Self { sensitive, ..Kind::String(text).into() }
    }

    /// A string that was written in an order, or with elements, which hang on something unknown if `shuffled`; `hole`
    /// names it.
    pub(crate) fn written(text: Text, shuffled: bool, hole: impl FnOnce() -> Hole) -> Self {
        if !shuffled {
            return Self::string(text);
        }
        let text = composed(text);
        let sensitive = text.is_sensitive();
        Self { sensitive, ..Kind::Shuffled(Arc::new(Shuffled { text, hole: hole() })).into() }
    }

    pub(crate) fn unknown(hole: Hole) -> Self {
        Kind::Unknown(hole).into()
    }

    pub(crate) fn tuple(items: impl Into<Arc<[Value]>>) -> Self {
        Self::sequence(items, false).formed(Form::Structural)
    }

    /// A list of one type.
    pub(crate) fn list(items: impl Into<Arc<[Value]>>) -> Self {
        Self::sequence(items, false).formed(Form::Collection)
    }

    /// A list or tuple whose unknown elements may stand for several if `open`.
    pub(crate) fn sequence(items: impl Into<Arc<[Value]>>, open: bool) -> Self {
        Sequence::list(items, open, false).into()
    }

    /// An object or a map, its names composed. A secret name makes the whole a secret, and is a name like any other.
    pub(crate) fn object(members: Members) -> Self {
        let is_plain = |name: &Text| name.as_known().is_some_and(str::is_ascii) && !name.is_sensitive();
        if members.keys().all(is_plain) {
            return Kind::Object(Arc::new(members)).into();
        }
        let sensitive = members.keys().any(Text::is_sensitive);
        let members = members.into_iter().map(|(name, value)| (composed(name.unmarked()), value));
        Self::from(Kind::Object(Arc::new(members.collect()))).mark(sensitive)
    }

    /// The value, where it is known what it is to Terraform.
    pub(crate) fn formed(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// The value, where it is null, unknown or empty and its type is known.
    pub(crate) fn typed(self, of: Common) -> Self {
        match &self.kind {
            Kind::Null | Kind::Unknown(_) => Self { of: Some(Arc::new(of)), ..self },
            Kind::Sequence(_) | Kind::Object(_) if self.is_empty() => Self { of: Some(Arc::new(of)), ..self },
            _ => self,
        }
    }

    /// The value, marked as sensitive if `sensitive`.
    pub(crate) fn mark(mut self, sensitive: bool) -> Self {
        if sensitive {
            self.sensitive = true;
            if let Kind::String(text) = self.kind {
                self.kind = Kind::String(text.mark_sensitive(true));
            }
        }
        self
    }

    /// The value without its own mark.
    pub(crate) fn unmark(mut self) -> Self {
        self.sensitive = false;
        if let Kind::String(text) = &self.kind
            && text.is_sensitive()
        {
            self.kind = Kind::String(text.unmarked());
        } else if let Kind::Shuffled(shuffled) = &self.kind {
            let unmarked = Shuffled { text: shuffled.text.unmarked(), hole: shuffled.hole.clone() };
            self.kind = Kind::Shuffled(Arc::new(unmarked));
        }
        self
    }

    /// The value as what looks into it sees it: a hole in place of a text in an order that is not known.
    pub(crate) fn looked_into(self) -> Self {
        match &self.kind {
            Kind::Shuffled(shuffled) => Self::string(Text::hole(shuffled.hole.clone())).mark(self.sensitive),
            _ => self,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether it is an object that may have more members than are shown.
    pub(crate) fn is_partial(&self) -> bool {
        self.form == Form::Partial && matches!(self.kind, Kind::Object(_))
    }

    /// Whether it is a collection without elements.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Sequence(sequence) => sequence.items.is_empty(),
            Kind::Object(members) => members.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_))
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&Text> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_known_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_known)
    }

    /// What the value is called in messages.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a bool",
            Kind::Number(_) => "a number",
            Kind::String(_) | Kind::Shuffled(_) => "a string",
            Kind::Sequence(Sequence { set: true, .. }) => "a set",
            Kind::Sequence(_) => "a list",
            Kind::Object(_) => "an object",
            Kind::Unknown(_) => "a value known only after apply",
        }
    }

    /// The value as a string, as Terraform converts it; a hole where it is unknown. `None` if it is no primitive, or
    /// a number without end.
    pub(crate) fn to_text(&self) -> Option<Text> {
        let text = match &self.kind {
            Kind::String(text) => text.clone(),
            Kind::Bool(value) => Text::known(if *value { "true" } else { "false" }),
            Kind::Number(number) => Text::known(number.to_text()?),
            Kind::Unknown(hole) => Text::hole(hole.clone()),
            Kind::Shuffled(shuffled) => Text::hole(shuffled.hole.clone()),
            Kind::Null | Kind::Sequence(_) | Kind::Object(_) => return None,
        };
        Some(text.mark_sensitive(self.sensitive))
    }

    /// Whether no part is known only after apply.
    pub(crate) fn is_known(&self, fuel: &Fuel) -> Result<bool, OutOfFuel> {
        fuel.spend(1)?;
        Ok(match &self.kind {
            Kind::Null => true,
            Kind::Bool(_) | Kind::Number(_) => self.of.is_none(),
            Kind::String(text) => text.is_known(),
            Kind::Sequence(sequence) => {
                for item in &*sequence.items {
                    if !item.is_known(fuel)? {
                        return Ok(false);
                    }
                }
                !sequence.open
            }
            Kind::Object(members) => {
                for (name, value) in &**members {
                    if !name.is_known() || !value.is_known(fuel)? {
                        return Ok(false);
                    }
                }
                !self.is_partial()
            }
            Kind::Unknown(_) | Kind::Shuffled(_) => false,
        })
    }

    /// Whether any part is marked as sensitive.
    pub(crate) fn has_marks(&self, fuel: &Fuel) -> Result<bool, OutOfFuel> {
        fuel.spend(1)?;
        if self.sensitive {
            return Ok(true);
        }
        match &self.kind {
            Kind::Sequence(sequence) => {
                for item in &*sequence.items {
                    if item.has_marks(fuel)? {
                        return Ok(true);
                    }
                }
            }
            Kind::Object(members) => {
                for (name, value) in &**members {
                    if name.is_sensitive() || value.has_marks(fuel)? {
                        return Ok(true);
                    }
                }
            }
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Shuffled(_)
            | Kind::Unknown(_) => {}
        }
        Ok(false)
    }

    /// The value as the plan layer knows values, and whether all of it could be taken over. What is too deep or too
    /// much becomes `hole`.
    pub(crate) fn to_plan(&self, fuel: &Fuel, hole: &Hole) -> (plan::Value, bool) {
        match self.plan_value(fuel, hole, false, 0) {
            Ok(value) => (value, true),
            Err(OutOfFuel) => (plan::Value::Unknown(hole.clone()), false),
        }
    }

    fn plan_value(
        &self,
        fuel: &Fuel,
        hole: &Hole,
        marked: bool,
        depth: u32,
    ) -> Result<plan::Value, OutOfFuel> {
        fuel.spend(1)?;
        if depth > MAX_DEPTH {
            return Err(OutOfFuel);
        }
        let deeper = depth.saturating_add(1);
        let marked = marked || self.sensitive;
        if let Some(hole) = self.maybe_text() {
            return Ok(plan::Value::Unknown(hole));
        }
        Ok(match &self.kind {
            Kind::Null => plan::Value::Null,
            Kind::Bool(value) => plan::Value::Bool(*value),
            Kind::Number(_) => match self.to_text() {
                Some(text) => plan::Value::Number(text.mark_sensitive(marked)),
                None => plan::Value::Unknown(hole.clone()),
            },
            Kind::String(text) => plan::Value::String(text.clone().mark_sensitive(marked)),
            Kind::Shuffled(shuffled) => plan::Value::String(shuffled.handed_on().mark_sensitive(marked)),
            Kind::Sequence(sequence) => {
                let items = sequence.items.iter().map(|item| item.plan_value(fuel, hole, marked, deeper));
                plan::Value::List(items.collect::<Result<_, _>>()?)
            }
            Kind::Object(members) => {
                let mut object = plan::Object { members: plan::Members::new(), sensitive: marked };
                for (name, value) in &**members {
                    let Some(known) = name.as_known() else { return Ok(plan::Value::Unknown(hole.clone())) };
                    object.members.insert(known.into(), value.plan_value(fuel, hole, marked, deeper)?);
                }
                plan::Value::Object(object)
            }
            Kind::Unknown(unknown) => plan::Value::Unknown(unknown.clone()),
        })
    }

    /// A value of the plan, as the language sees it.
    pub(crate) fn from_plan(value: &plan::Value) -> Self {
        match value {
            plan::Value::Null => Self::null(),
            plan::Value::Bool(value) => Self::boolean(*value),
            plan::Value::Number(text) => {
                let number = text.as_known().and_then(Number::parse);
                number.map_or_else(|| Self::string(text.clone()), Self::number).mark(text.is_sensitive())
            }
            plan::Value::String(text) => Self::string(text.clone()),
            plan::Value::List(elements) => {
                let items: Arc<[Self]> = elements.iter().map(Self::from_plan).collect();
                let open = items.iter().any(Self::is_unknown);
                Self::sequence(items, open)
            }
            plan::Value::Object(object) => {
                let members = object.members.iter();
                let members = members.map(|(name, value)| (Text::known(&**name), Self::from_plan(value)));
                Self::object(members.collect()).mark(object.sensitive)
            }
            // A shape tells that it will be a string, and which.
            plan::Value::Unknown(hole) if *hole.shape() != crate::text::Shape::ANY => {
                Self::string(Text::hole(hole.clone()))
            }
            plan::Value::Unknown(hole) => Self::unknown(hole.clone()),
        }
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, sensitive: false, form: Form::Unsure, of: None }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sensitive {
            return f.write_str(crate::text::SENSITIVE);
        }
        match &self.kind {
            Kind::Null => f.write_str("null"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number(number) => write!(f, "{number:?}"),
            Kind::String(text) => write!(f, "{text:?}"),
            Kind::Shuffled(shuffled) => write!(f, "{}", shuffled.hole),
            Kind::Sequence(sequence) => f.debug_list().entries(&*sequence.items).finish(),
            Kind::Object(members) => f.debug_map().entries(&**members).finish(),
            Kind::Unknown(hole) => write!(f, "{hole}"),
        }
    }
}
