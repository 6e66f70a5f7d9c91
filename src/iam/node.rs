//! A light tree of a document while it is compiled, for known text and for text with holes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::text::json::{Json, JsonError};
use crate::text::{Hole, Text};

/// A string of the document.
#[derive(Debug)]
pub(super) enum Str<'a> {
    Known(Cow<'a, str>),
    Text(&'a Text),
}

impl Str<'_> {
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Text(text) => text.as_known(),
        }
    }

    pub(super) fn text(&self, sensitive: bool) -> Text {
        match self {
            Self::Known(text) => Text::known(&**text).mark_sensitive(sensitive),
            Self::Text(text) => (*text).clone(),
        }
    }
}

/// A value of the document.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Number(Str<'a>),
    Str(Str<'a>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Str<'a>, Node<'a>)>),
    Unknown(&'a Hole),
}

impl<'a> Node<'a> {
    /// Reads known text; `None` where there are numbers in it that are not read as they are written.
    pub(super) fn parse(text: &'a str, sensitive: bool) -> Option<Result<Self, JsonError>> {
        let read: Result<Self, serde_json::Error> = serde_json::from_str(text);
        if read.as_ref().is_err_and(serde_json::Error::is_data) {
            return None;
        }
        Some(read.map_err(|error| {
            // The parser's own words can quote the text.
            let message =
                if sensitive { "not valid JSON (the text is sensitive)".into() } else { error.to_string() };
            JsonError { message }
        }))
    }

    /// Borrows JSON with holes.
    pub(super) fn of(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(text) => Self::Number(Str::Text(text)),
            Json::String(text) => Self::Str(Str::Text(text)),
            Json::Array(items) => Self::Array(items.iter().map(Self::of).collect()),
            Json::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (Str::Text(name), Self::of(value))).collect())
            }
            Json::Unknown(hole) => Self::Unknown(hole),
        }
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Node::Number(Str::Known(value.to_string().into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Node::Number(Str::Known(value.to_string().into())))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(E::custom("a number that has to be read as it is written"))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Str(Str::Known(Cow::Borrowed(value))))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Node::Str(Str::Known(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(4);
        while let Some(Key(key)) = map.next_key()? {
            members.push((Str::Known(key), map.next_value()?));
        }
        Ok(Node::Object(members))
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(value)))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
