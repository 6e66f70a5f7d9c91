//! Builds values out of JSON: texts and names that occur again share memory, and passwords are dropped on the way.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::cursor::{Cursor, Misshapen, Raw};
use super::kept::is_secret;
use super::members::Name;
use super::value::{Object, Value};
use crate::text::Text;

/// Texts from this length on are looked up among all that were seen: policies and ARNs repeat, wherever they stand.
const WORTH_SHARING: usize = 32;
/// Among how many places the shorter ones are looked up: names repeat soon or not at all.
const RECENT: u16 = 1024;

/// The texts and names seen so far.
#[derive(Default)]
pub(super) struct Texts {
    long: HashTable<Arc<str>>,
    /// Short texts, each at a place that its hash tells, until another takes the place.
    recent: Vec<Arc<str>>,
    names: HashTable<Known>,
    hashing: RandomState,
    /// Members on their way into objects: one stack for all that are open.
    open: Vec<(Name, Value)>,
}

/// The name of a member that was seen before.
struct Known {
    name: Name,
    is_secret: bool,
}

impl Texts {
    /// The text, sharing memory with one that was seen before.
    fn text(&mut self, raw: Raw<'_>) -> Result<Text, Misshapen> {
        if raw.len() < WORTH_SHARING {
            return Ok(Text::known(self.short(raw)?));
        }
        let text = raw.decode()?;
        let hashing = self.hashing;
        let hash = hashing.hash_one(text.as_bytes());
        let entry = self.long.entry(
            hash,
            |seen| seen.as_bytes() == text.as_bytes(),
            |seen| hashing.hash_one(seen.as_bytes()),
        );
        Ok(Text::known(Arc::clone(entry.or_insert_with(|| text.into()).get())))
    }

    /// A short text, sharing memory with one that was seen just before.
    pub(super) fn short(&mut self, raw: Raw<'_>) -> Result<Arc<str>, Misshapen> {
        let bytes = &*raw.bytes()?;
        if self.recent.is_empty() {
            self.recent.resize(RECENT.into(), Arc::default());
        }
        let hash = self.hashing.hash_one(bytes);
        let place = usize::try_from(hash % u64::from(RECENT)).unwrap_or_default();
        let Some(recent) = self.recent.get_mut(place) else { return Err(Misshapen) };
        if recent.as_bytes() != bytes {
            *recent = std::str::from_utf8(bytes).map_err(|_| Misshapen)?.into();
        }
        Ok(Arc::clone(recent))
    }

    /// The name of a member, and whether it is that of a secret.
    pub(super) fn name(&mut self, raw: Raw<'_>) -> Result<(Name, bool), Misshapen> {
        let bytes = &*raw.bytes()?;
        let hash = self.hashing.hash_one(bytes);
        if let Some(known) = self.names.find(hash, |known| known.name.as_bytes() == bytes) {
            return Ok((Arc::clone(&known.name), known.is_secret));
        }
        Ok(self.new_name(hash, std::str::from_utf8(bytes).map_err(|_| Misshapen)?))
    }

    fn new_name(&mut self, hash: u64, name: &str) -> (Name, bool) {
        let hashing = self.hashing;
        let known = Known { name: name.into(), is_secret: is_secret(name) };
        let entry = self.names.insert_unique(hash, known, |known| hashing.hash_one(known.name.as_bytes()));
        (Arc::clone(&entry.get().name), entry.get().is_secret)
    }

    /// The name, sharing memory with one that was seen before.
    pub(super) fn known_name(&mut self, name: &str) -> Name {
        let hash = self.hashing.hash_one(name.as_bytes());
        match self.names.find(hash, |known| &*known.name == name) {
            Some(known) => Arc::clone(&known.name),
            None => self.new_name(hash, name).0,
        }
    }
}

/// Builds the attributes of a resource, without secrets and without those named in `unused`.
pub(super) fn attributes(
    cursor: &mut Cursor<'_>,
    texts: &mut Texts,
    unused: &[&str],
) -> Result<Value, Misshapen> {
    match cursor.peek() {
        Some(b'{') => object(cursor, texts, true, unused),
        _ => value(cursor, texts, true),
    }
}

/// Builds the value that comes next. With `drop_secrets`, members that are named like secrets are dropped, save in
/// maps of tags, where a name is free text.
pub(super) fn value(
    cursor: &mut Cursor<'_>,
    texts: &mut Texts,
    drop_secrets: bool,
) -> Result<Value, Misshapen> {
    match cursor.peek().ok_or(Misshapen)? {
        b'"' => Ok(Value::String(texts.text(cursor.string()?)?)),
        b'{' => object(cursor, texts, drop_secrets, &[]),
        b'[' => {
            let mut items = cursor.list()?;
            let mut elements = Vec::new();
            while cursor.next_element(&mut items)? {
                elements.push(value(cursor, texts, drop_secrets)?);
            }
            elements.shrink_to_fit();
            Ok(Value::List(elements))
        }
        _ => match cursor.skip()? {
            b"null" => Ok(Value::Null),
            b"true" => Ok(Value::Bool(true)),
            b"false" => Ok(Value::Bool(false)),
            number => Ok(Value::Number(Text::known(std::str::from_utf8(number).map_err(|_| Misshapen)?))),
        },
    }
}

fn object(
    cursor: &mut Cursor<'_>,
    texts: &mut Texts,
    drop_secrets: bool,
    unused: &[&str],
) -> Result<Value, Misshapen> {
    let mut items = cursor.object()?;
    let from = texts.open.len();
    while let Some(key) = cursor.next_key(&mut items)? {
        let (name, is_secret) = texts.name(key)?;
        if (drop_secrets && is_secret) || unused.contains(&&*name) {
            cursor.skip()?;
            continue;
        }
        let drop_secrets = drop_secrets && !matches!(&*name, "tags" | "tags_all");
        let mut value = value(cursor, texts, drop_secrets)?;
        // Tags with the provider's default tags are mostly the tags themselves.
        if let (Some((_, last @ Value::Object(_))), Value::Object(_)) = (texts.open.last(), &value)
            && *last == value
        {
            value = last.clone();
        }
        texts.open.push((name, value));
    }
    let members = texts.open.drain(from..).collect();
    Ok(Value::Object(Object { members, sensitive: false }))
}
