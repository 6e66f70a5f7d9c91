//! Builds values out of JSON: texts that occur again share memory, and passwords are dropped on the way.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::kept::is_secret;
use super::value::{Object, Value};
use crate::text::Text;

/// Texts from this length on are looked up: policies and ARNs repeat, and shorter ones are cheap.
const WORTH_SHARING: usize = 32;

/// The texts seen so far.
#[derive(Default)]
pub(super) struct Texts(HashSet<Arc<str>>);

impl Texts {
    /// The text, sharing memory with one that was seen before.
    pub(super) fn text(&mut self, text: &str) -> Text {
        if text.len() < WORTH_SHARING {
            return Text::known(text);
        }
        if let Some(seen) = self.0.get(text) {
            return Text::known(Arc::clone(seen));
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        Text::known(new)
    }
}

/// Builds one value. Members of objects that are named like secrets are dropped, save in maps of tags, where a name
/// is free text.
pub(super) struct Build<'t> {
    pub(super) texts: &'t mut Texts,
    pub(super) drop_secrets: bool,
}

impl Build<'_> {
    fn again(&mut self, drop_secrets: bool) -> Build<'_> {
        Build { texts: self.texts, drop_secrets }
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(Text::known(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(Text::known(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(Text::known(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(self.texts.text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        let drop_secrets = self.drop_secrets;
        while let Some(item) = seq.next_element_seed(self.again(drop_secrets))? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some(key) = map.next_key::<Box<str>>()? {
            if self.drop_secrets && is_secret(&key) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let drop_secrets = self.drop_secrets && !matches!(&*key, "tags" | "tags_all" | "default_tags");
            let value = map.next_value_seed(self.again(drop_secrets))?;
            members.insert(key, value);
        }
        Ok(Value::Object(Object { members, sensitive: false }))
    }
}

/// Builds the value that `json` is; `None` if it cannot be built (a number out of range, nesting too deep).
pub(super) fn value(json: &str, texts: &mut Texts, drop_secrets: bool) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Build { texts, drop_secrets }.deserialize(&mut deserializer).ok()
}
