//! What a statement selects: lists of actions and of resources.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::key::{Context, Question, Role};
use super::pattern::{Pattern, PatternKind};
use super::subject::Subject;
use crate::text::{Hole, Text, Truth};

/// So many entries more in a list do not matter.
const FEW: usize = 8;

/// An entry of a list of actions or resources.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A pattern.
    Pattern(Pattern),
    /// Any number of unknown patterns.
    Unknown(Hole),
    /// An entry that cannot be understood.
    NotUnderstood,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub struct Selection {
    negated: bool,
    entries: Arc<[Entry]>,
    /// Of a long list of actions: which entries may be about a service.
    services: Option<Arc<Services>>,
}

impl Selection {
    /// What is listed, or with `negated` everything else.
    pub(super) fn new(negated: bool, entries: Arc<[Entry]>) -> Self {
        let services = (entries.len() > FEW).then(|| Services::of(&entries)).flatten().map(Arc::new);
        Self { negated, entries, services }
    }

    /// All actions.
    pub(super) fn of_every_action() -> Self {
        static EVERYTHING: LazyLock<Arc<[Entry]>> = LazyLock::new(|| {
            let pattern = Pattern::new(Text::from("*"), PatternKind::Action, false);
            pattern.map(Entry::Pattern).into_iter().collect()
        });
        Self::new(false, Arc::clone(&EVERYTHING))
    }

    /// The selection as far as it may select actions that begin with `prefix` (`iam:`), case aside: of a long list, only
    /// what may be about them. `None` where it certainly selects none of them.
    pub(super) fn about(&self, prefix: &str) -> Option<Cow<'_, Self>> {
        let may = |entry: &&Entry| match entry {
            Entry::Pattern(pattern) => pattern.may_begin(prefix),
            Entry::Unknown(_) | Entry::NotUnderstood => true,
        };
        let count = self.of_service(prefix).filter(may).count();
        if count == 0 && !self.negated {
            return None;
        }
        if count.saturating_add(FEW) >= self.entries.len() {
            return Some(Cow::Borrowed(self));
        }
        let entries = self.of_service(prefix).filter(may).cloned().collect();
        Some(Cow::Owned(Self::new(self.negated, entries)))
    }

    /// The entries that may be about the service of an action, or of a prefix of actions; perhaps more.
    fn of_service(&self, action: &str) -> impl Iterator<Item = &Entry> {
        let service =
            action.split_inclusive(':').next().filter(|service| service.is_ascii() && service.ends_with(':'));
        let chosen = self.services.as_ref().zip(service).map(|(services, service)| services.find(service));
        let (all, chosen) = match chosen {
            Some(chosen) => (&[][..], chosen),
            None => (&*self.entries, Vec::new()),
        };
        all.iter().chain(chosen.into_iter().filter_map(|place| self.entries.get(place)))
    }

    /// Whether it is the `Not…` element: everything but what is listed.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The list.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The patterns of the list.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Pattern(pattern) => Some(pattern),
            _ => None,
        })
    }

    #[inline]
    pub(super) fn selects<C: Context + ?Sized>(&self, subject: &Subject, role: Role, context: &C) -> Truth {
        let listed = match (&self.services, subject.as_known()) {
            (Some(_), Some(action)) => lists(self.of_service(action), subject, role, context),
            _ => lists(self.entries.iter(), subject, role, context),
        };
        if self.negated { !listed } else { listed }
    }
}

#[inline]
fn lists<'e, C: Context + ?Sized>(
    entries: impl Iterator<Item = &'e Entry>,
    subject: &Subject,
    role: Role,
    context: &C,
) -> Truth {
    let mut listed = Truth::False;
    for entry in entries {
        listed = listed.or(match entry {
            Entry::Pattern(pattern) => pattern.matches(subject, context),
            Entry::Unknown(hole) => context.settle(&Question::Unknown { hole, role, part: 0 }),
            Entry::NotUnderstood => {
                let part = std::ptr::from_ref(entry).addr();
                context.settle(&Question::NotUnderstood { part, role })
            }
        });
        if listed.is_true() {
            break;
        }
    }
    listed
}

/// The places of the entries of a list of actions, by the service that they name.
#[derive(Debug, Default)]
struct Services {
    /// By the service in lower case, with its colon; sorted.
    named: Vec<(Box<str>, Vec<usize>)>,
    /// Those that may be about any service.
    open: Vec<usize>,
}

impl Services {
    /// `None` where it is no list of actions.
    fn of(entries: &[Entry]) -> Option<Self> {
        let mut services = Self::default();
        // Mostly what follows is about the same service.
        let mut last = 0usize;
        for (place, entry) in entries.iter().enumerate() {
            let service = match entry {
                Entry::Pattern(pattern) if pattern.kind() != PatternKind::Action => return None,
                Entry::Pattern(pattern) => pattern.service(),
                Entry::Unknown(_) | Entry::NotUnderstood => None,
            };
            match service {
                Some(service) => services.add(service, place, &mut last),
                None => services.open.push(place),
            }
        }
        Some(services)
    }

    fn add(&mut self, service: &str, place: usize, last: &mut usize) {
        if !self.named.get(*last).is_some_and(|(name, _)| service.eq_ignore_ascii_case(name)) {
            let service = service.to_ascii_lowercase();
            let found = self.named.binary_search_by(|(name, _)| (**name).cmp(&*service));
            *last = found.unwrap_or_else(|at| {
                self.named.insert(at, (service.into(), Vec::new()));
                at
            });
        }
        if let Some((_, places)) = self.named.get_mut(*last) {
            places.push(place);
        }
    }

    /// The places of the entries that may be about a service (`iam:`), case aside, in the order of the list.
    fn find(&self, service: &str) -> Vec<usize> {
        let service = service.to_ascii_lowercase();
        let named = self.named.binary_search_by(|(name, _)| (**name).cmp(&*service)).ok();
        let named = named.and_then(|at| self.named.get(at)).map_or(&[][..], |(_, places)| places);
        let mut places = [named, &self.open].concat();
        places.sort_unstable();
        places
    }
}
