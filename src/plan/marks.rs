//! The shadows of a value in a plan: which parts of it are known only after apply, which are sensitive.

use std::borrow::Cow;

use super::build::Texts;
use super::cursor::{Cursor, Misshapen};
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

impl<'a> Marks<'a> {
    /// Reads the marks that come next.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Misshapen> {
        match cursor.peek() {
            Some(b'[') => Self::elements(cursor),
            Some(b'{') => Self::members(cursor),
            _ => match cursor.skip()? {
                b"true" => Ok(Self::All),
                b"false" | b"null" => Ok(Self::None),
                _ => Err(Misshapen),
            },
        }
    }

    fn elements(cursor: &mut Cursor<'a>) -> Result<Self, Misshapen> {
        let mut items = cursor.list()?;
        let mut elements = Vec::new();
        let mut clear = 0usize;
        while cursor.next_element(&mut items)? {
            let mark = Self::read(cursor)?;
            if mark == Self::None {
                // Only now and then is anything marked: nothing is built before.
                clear = clear.saturating_add(1);
                continue;
            }
            elements.extend(std::iter::repeat_with(Self::default).take(std::mem::take(&mut clear)));
            elements.push(mark);
        }
        Ok(if elements.is_empty() { Self::None } else { Self::Elements(elements) })
    }

    fn members(cursor: &mut Cursor<'a>) -> Result<Self, Misshapen> {
        let mut items = cursor.object()?;
        let mut members = Vec::new();
        while let Some(name) = cursor.next_key(&mut items)? {
            let mark = Self::read(cursor)?;
            if mark != Self::None {
                members.push((name.decode()?, mark));
            }
        }
        Ok(if members.is_empty() { Self::None } else { Self::Members(members) })
    }
}

/// Makes the holes of one resource instance.
pub(super) struct Holes<'a> {
    /// Its address.
    pub(super) address: &'a str,
    /// What is known of the value at a path.
    pub(super) shape: &'a dyn Fn(&str) -> Shape,
    pub(super) texts: &'a mut Texts,
}

impl Holes<'_> {
    /// Puts holes where `marks` says that `value` is known only after apply.
    pub(super) fn fill(&mut self, value: &mut Value, marks: &Marks<'_>) {
        self.fill_at(value, marks, &mut String::new());
    }

    fn fill_at(&mut self, value: &mut Value, marks: &Marks<'_>, path: &mut String) {
        let length = path.len();
        match (marks, value) {
            (Marks::None, _) => {}
            (Marks::Members(marks), Value::Object(object)) => {
                // Terraform leaves out what is unknown.
                let mut missing = Vec::new();
                for (name, mark) in marks {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                    if let Some(member) = object.members.get_mut(name) {
                        self.fill_at(member, mark, path);
                    } else {
                        let mut member = Value::Null;
                        self.fill_at(&mut member, mark, path);
                        missing.push((self.texts.known_name(name), member));
                    }
                    path.truncate(length);
                }
                if !missing.is_empty() {
                    object.members.extend(missing);
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
                if let Some(member) = object.members.get_mut(name) {
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
