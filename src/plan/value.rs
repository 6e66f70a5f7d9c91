//! Values of a plan: what is known, what is unknown and what is sensitive, joined once at reading.

use std::fmt;

use super::members::Members;
use crate::text::{Hole, SENSITIVE, Text};

/// A value of a resource, a variable or an output.
///
/// What Terraform marks sensitive is marked on every text inside, and never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(Text),
    /// A string.
    String(Text),
    /// A list, set or tuple. An [`Value::Unknown`] element of a set may stand for one element or several.
    List(Vec<Value>),
    /// An object or map.
    Object(Object),
    /// Known only after apply, of any type.
    Unknown(Hole),
}

/// The members of an object or map, sorted by name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Object {
    /// The members.
    pub members: Members,
    /// Whether the object as a whole is sensitive, its keys included.
    pub sensitive: bool,
}

impl Value {
    /// The member `name` of an object; `None` if it is no object or has none such.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(object) => object.members.get(name),
            _ => None,
        }
    }

    /// The member `name` of an object, `Null` if there is none.
    pub fn member(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&Self::Null)
    }

    /// The value as a text: a string, or one hole where it is unknown; `None` for all else.
    pub fn to_text(&self) -> Option<Text> {
        match self {
            Self::String(text) | Self::Number(text) => Some(text.clone()),
            Self::Unknown(hole) => Some(Text::hole(hole.clone())),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The known characters of a string.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_known)
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of a list; empty for all else.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// Whether it is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Marks every text inside as secret, and every object with its keys.
    pub fn mark_sensitive(&mut self) {
        match self {
            Self::Null | Self::Bool(_) | Self::Unknown(_) => {}
            Self::Number(text) | Self::String(text) => *text = std::mem::take(text).mark_sensitive(true),
            Self::List(elements) => elements.iter_mut().for_each(Self::mark_sensitive),
            Self::Object(object) => {
                object.sensitive = true;
                object.members.values_mut().for_each(Self::mark_sensitive);
            }
        }
    }

    /// Whether any part is secret.
    pub fn is_sensitive(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Unknown(_) => false,
            Self::Number(text) | Self::String(text) => text.is_sensitive(),
            Self::List(elements) => elements.iter().any(Self::is_sensitive),
            Self::Object(object) => object.sensitive || object.members.values().any(Self::is_sensitive),
        }
    }

    /// Whether any part is known only after apply.
    pub fn has_holes(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) => false,
            Self::Number(text) | Self::String(text) => !text.is_known(),
            Self::List(elements) => elements.iter().any(Self::has_holes),
            Self::Object(object) => object.members.values().any(Self::has_holes),
            Self::Unknown(_) => true,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => write!(f, "{text}"),
            Self::String(text) => write!(f, "{text:?}"),
            Self::List(elements) => f.debug_list().entries(elements).finish(),
            Self::Object(object) if object.sensitive => f.write_str(SENSITIVE),
            Self::Object(object) => object.members.fmt(f),
            Self::Unknown(hole) => write!(f, "{hole}"),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::Object(self.clone()).fmt(f)
    }
}
