//! The shadows of a value in a plan: which parts of it are known only after apply, which are sensitive.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::value::{Object, Value};
use crate::text::{Hole, Shape};

/// Which parts of a value are marked. What has no mark at all is always [`Marks::None`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Marks<'a> {
    /// No part.
    #[default]
    None,
    /// The whole.
    All,
    /// Elements, by position.
    Elements(Vec<Marks<'a>>),
    /// Members, by name.
    Members(Vec<(Cow<'a, str>, Marks<'a>)>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Marks<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MarksVisitor)
    }
}

struct MarksVisitor;

impl<'de> Visitor<'de> for MarksVisitor {
    type Value = Marks<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, or a list or object of such")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(if value { Marks::All } else { Marks::None })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Marks::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        let mut clear = 0usize;
        while let Some(mark) = seq.next_element::<Marks<'de>>()? {
            if mark == Marks::None {
                // Only now and then is anything marked: nothing is built before.
                clear = clear.saturating_add(1);
                continue;
            }
            elements.extend(std::iter::repeat_with(Marks::default).take(std::mem::take(&mut clear)));
            elements.push(mark);
        }
        Ok(if elements.is_empty() { Marks::None } else { Marks::Elements(elements) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            let mark = map.next_value::<Marks<'de>>()?;
            if mark != Marks::None {
                members.push((name, mark));
            }
        }
        Ok(if members.is_empty() { Marks::None } else { Marks::Members(members) })
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Names the holes of one resource instance.
pub(super) struct Holes<'a> {
    /// Its address.
    pub(super) address: &'a str,
    /// What is known of the value at a path.
    pub(super) shape: &'a dyn Fn(&str) -> Shape,
}

impl Holes<'_> {
    /// Puts holes where `marks` says that `value` is known only after apply.
    pub(super) fn fill(&self, value: &mut Value, marks: &Marks<'_>) {
        self.fill_at(value, marks, &mut String::new());
    }

    fn fill_at(&self, value: &mut Value, marks: &Marks<'_>, path: &mut String) {
        let length = path.len();
        match (marks, value) {
            (Marks::None, _) => {}
            (Marks::Members(marks), Value::Object(object)) => {
                for (name, mark) in marks {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                    let member = object.members.entry(name.as_ref().into()).or_insert(Value::Null);
                    self.fill_at(member, mark, path);
                    path.truncate(length);
                }
            }
            (Marks::Members(_), value @ Value::Null) => {
                *value = Value::Object(Object::default());
                self.fill_at(value, marks, path);
            }
            (Marks::Elements(marks), Value::List(elements)) => {
                if elements.len() < marks.len() {
                    elements.resize(marks.len(), Value::Null);
                }
                for (index, (element, mark)) in elements.iter_mut().zip(marks).enumerate() {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                    self.fill_at(element, mark, path);
                    path.truncate(length);
                }
            }
            (Marks::Elements(_), value @ Value::Null) => {
                *value = Value::List(Vec::new());
                self.fill_at(value, marks, path);
            }
            // The shadow has another form than the value: nothing is certain of it.
            (Marks::All | Marks::Elements(_) | Marks::Members(_), value) => {
                *value = Value::Unknown(Hole::new(self.address, path.as_str(), (self.shape)(path)));
            }
        }
    }
}

/// Marks every text that `marks` covers as sensitive.
pub(super) fn mark_sensitive(value: &mut Value, marks: &Marks<'_>) {
    match (marks, value) {
        (Marks::None, _) => {}
        (Marks::Members(marks), Value::Object(object)) => {
            for (name, mark) in marks {
                if let Some(member) = object.members.get_mut(name.as_ref()) {
                    mark_sensitive(member, mark);
                }
            }
        }
        (Marks::Elements(marks), Value::List(elements)) => {
            for (element, mark) in elements.iter_mut().zip(marks) {
                mark_sensitive(element, mark);
            }
        }
        // The shadow has another form than the value: all of it may be secret.
        (Marks::All | Marks::Elements(_) | Marks::Members(_), value) => value.mark_sensitive(),
    }
}

/// The marks that `json` is; `None` if it is of another form.
pub(super) fn parse(json: &str) -> Option<Marks<'_>> {
    // A shadow without a single `true` marks nothing.
    if memchr::memmem::find(json.as_bytes(), b"true").is_none() {
        return Some(Marks::None);
    }
    serde_json::from_str(json).ok()
}
