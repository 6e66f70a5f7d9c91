//! What reading skipped, and where it stands: other resources may be asked for later, by address.

use std::fmt;
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use super::build::Texts;
use super::error::PlanError;
use super::model::{Plan, ResourceChange};
use super::resource;
use super::spool::{Spool, Spooled};
use crate::hash::State;

/// Where the skipped elements of a plan stand, to be read again when they are asked for.
#[derive(Default)]
pub struct Skipped {
    entries: Vec<Entry>,
    origin: Origin,
    /// Copies of the elements, where the input cannot be read again.
    spool: Option<Spool>,
    hashing: State,
    /// The texts of the plan. They are of no more use; to take them apart costs time that nobody needs to wait for.
    pub(super) texts: Texts,
}

/// Where the elements are, in UTF-8.
#[derive(Default)]
enum Origin {
    /// Nowhere any more.
    #[default]
    Gone,
    /// A file, from this position on.
    File(Mutex<File>, u64),
    /// Memory.
    Memory(Vec<u8>),
}

/// In which section an element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    /// `resource_changes`.
    Changes,
    /// A state.
    State,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// A hash of the address: the text itself is read again.
    address: u64,
    section: Section,
    at: u64,
    length: u32,
}

impl Skipped {
    /// An empty index that also keeps copies.
    pub(super) fn with_copies() -> Self {
        Self { spool: Some(Spool::default()), ..Self::default() }
    }

    /// Remembers an element that stands at `at`.
    pub(super) fn push(&mut self, address: &[u8], section: Section, at: u64, json: &[u8]) {
        let Ok(length) = u32::try_from(json.len()) else { return };
        let at = self.spool.as_mut().map_or(at, |spool| spool.push(json));
        self.entries.push(Entry { address: self.hash(address), section, at, length });
    }

    /// Makes the elements ready to be asked for. `file` is the input, where it can be read again, and where the
    /// document begins in it. Whether they can be asked for: there may have been no place for copies.
    pub(super) fn finish(&mut self, file: Option<(File, u64)>) -> bool {
        self.entries.sort_unstable();
        self.entries.shrink_to_fit();
        self.origin = match (self.spool.take().map(Spool::finish), file) {
            (Some(Spooled::Memory(bytes)), _) => Origin::Memory(bytes),
            (Some(Spooled::File(file)), _) => Origin::File(Mutex::new(file), 0),
            (None, Some((file, base))) => Origin::File(Mutex::new(file), base),
            (Some(Spooled::Lost) | None, _) => Origin::Gone,
        };
        !matches!(self.origin, Origin::Gone)
    }

    fn hash(&self, address: &[u8]) -> u64 {
        self.hashing.hash_one(address)
    }

    /// How many elements were skipped.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was skipped.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn element(&self, entry: Entry) -> Result<Vec<u8>, PlanError> {
        let length = usize::try_from(entry.length).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        match &self.origin {
            Origin::Gone => {}
            Origin::Memory(text) => {
                let text = usize::try_from(entry.at).ok().and_then(|at| text.get(at..));
                bytes.extend(text.unwrap_or_default().iter().take(length));
            }
            Origin::File(file, base) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(base.saturating_add(entry.at)))?;
                Read::by_ref(&mut *file).take(u64::from(entry.length)).read_to_end(&mut bytes)?;
            }
        }
        Ok(bytes)
    }
}

impl Plan {
    /// Reads resources of types that are not kept, by their full addresses: what the plan does to them, or, where it
    /// says nothing of them, what they are in the state. Addresses that the plan does not hold are left out.
    pub fn fetch(&self, addresses: &[&str]) -> Result<Vec<ResourceChange>, PlanError> {
        let mut texts = Texts::default();
        let mut found = Vec::new();
        for address in addresses {
            let wanted = self.skipped.hash(address.as_bytes());
            let entries = &self.skipped.entries;
            let from = entries.partition_point(|entry| entry.address < wanted);
            let candidates = entries.iter().skip(from).take_while(|entry| entry.address == wanted);
            for entry in candidates {
                let bytes = self.skipped.element(*entry)?;
                let json = bytes.as_slice();
                if resource::head(json).ok().and_then(|head| head.address).as_deref()
                    != Some(address.as_bytes())
                {
                    continue;
                }
                let resource = match entry.section {
                    Section::Changes => {
                        let (change, is_deposed) = resource::change(json, &mut texts)?;
                        (!is_deposed).then_some(change)
                    }
                    Section::State => resource::state(json, None, &mut texts)?,
                };
                if let Some(resource) = resource {
                    found.push(resource);
                    break;
                }
            }
        }
        Ok(found)
    }
}

impl fmt::Debug for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} skipped elements", self.entries.len())
    }
}
