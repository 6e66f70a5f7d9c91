//! Contexts that no condition tells apart: the classes of a key, or of keys that are explored as one.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Class, EPOCH_TIME, Held, Uses, Variable};
use crate::iam::key::{Context, KeyName, KeyState, Question};
use crate::iam::request::Request;
use crate::iam::statement::Effect;
use crate::iam::subject::Subject;
use crate::iam::value::Date;
use crate::text::{Text, Truth};

/// Classes of one key beyond which it is not explored in full.
const MOST_CLASSES: usize = 1_000;
/// Beyond this many classes, those that allow and deny the most come first.
const MOST_IN_ORDER: usize = 64;
/// Lists of values of one multivalued key beyond which it is not explored in full.
const MOST_LISTS: usize = 48;

/// Of each condition, whether some value matches, and whether some value does not.
type Answers = Vec<(Truth, Truth)>;

/// Lists of values that bring about every answer of the conditions on a multivalued key.
///
/// Each condition asks whether some value, or every value, has a property. So the answers for the union of two lists
/// follow from those for the lists, and the lists of one value and their unions are enough.
pub(super) fn lists<C: Context + ?Sized>(
    variable: &mut Variable,
    uses: &Uses<'_>,
    values: &[String],
    context: &C,
) -> Vec<Vec<String>> {
    let answers = |value: &String| -> Answers {
        let subject = Subject::from(value.as_str());
        let all = uses.conditions.iter().map(|condition| condition.value_matches(&subject, context));
        // Whether some value matches, and whether some value does not.
        all.map(|matches| (matches, !matches)).collect()
    };
    // Where an answer hangs on something else, every list counts.
    let identity = |answers: &Answers, list: &[String]| {
        let open = answers.iter().any(|(some, other)| some.is_maybe() || other.is_maybe());
        (answers.clone(), open.then(|| list.iter().cloned().collect::<BTreeSet<String>>()))
    };
    let mut seen = BTreeSet::new();
    let mut found: Vec<(Answers, Vec<String>)> = Vec::new();
    for value in values {
        let (answers, list) = (answers(value), vec![value.clone()]);
        if seen.insert(identity(&answers, &list)) {
            found.push((answers, list));
        }
    }
    let single = found.clone();
    let mut is_cut = false;
    let mut next = 0usize;
    while let Some((answers, list)) = found.get(next).cloned() {
        next = next.saturating_add(1);
        for (more, value) in &single {
            let union: Answers = answers.iter().zip(more).map(|(a, b)| (a.0.or(b.0), a.1.or(b.1))).collect();
            let joined: Vec<String> = list.iter().chain(value).cloned().collect();
            let identity = identity(&union, &joined);
            if seen.contains(&identity) {
                continue;
            }
            if found.len() >= MOST_LISTS {
                is_cut = true;
                break;
            }
            seen.insert(identity);
            found.push((union, joined));
        }
    }
    if is_cut {
        variable.complete = false;
        return wide(&single).into_iter().chain(found.into_iter().map(|(_, list)| list)).collect();
    }
    found.into_iter().map(|(_, list)| list).collect()
}

/// Lists of all values, and of all that match or do not match what one condition compares with.
fn wide(single: &[(Answers, Vec<String>)]) -> Vec<Vec<String>> {
    let join = |at: Option<usize>, is_matching: bool| -> Vec<String> {
        let keeps = |answers: &Answers| match at.and_then(|at| answers.get(at)) {
            Some((some, other)) => if is_matching { some } else { other }.is_true(),
            None => at.is_none(),
        };
        single
            .iter()
            .filter(|(answers, _)| keeps(answers))
            .flat_map(|(_, list)| list.iter().cloned())
            .collect()
    };
    let mut lists = vec![join(None, true)];
    let count = single.first().map_or(0, |(answers, _)| answers.len());
    for at in 0..count.min(MOST_LISTS) {
        lists.extend([join(Some(at), true), join(Some(at), false)]);
    }
    lists.retain(|list| !list.is_empty());
    // In an order that does not hang on that of the policies; the list of all values is the first.
    if let Some((_, rest)) = lists.split_first_mut() {
        rest.sort_unstable();
    }
    lists
}

/// One variable tried, everything else as it is.
struct Tried<'a, C: ?Sized> {
    base: &'a C,
    keys: &'a [KeyName],
    class: &'a Class,
    /// Another explored key came up.
    others: RefCell<bool>,
    own: &'a BTreeSet<KeyName>,
}

impl<C: Context + ?Sized> Context for Tried<'_, C> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        if let Some(at) = self.keys.iter().position(|key| key == name) {
            return match self.class.held.get(at) {
                Some(Some((values, multivalued))) => KeyState::Present { values, multivalued: *multivalued },
                _ => KeyState::Absent,
            };
        }
        let state = self.base.key(name);
        if matches!(state, KeyState::Free(_) | KeyState::Unknown(_)) && !self.own.contains(name) {
            *self.others.borrow_mut() = true;
        }
        state
    }

    fn settle(&self, question: &Question<'_>) -> Truth {
        self.base.settle(question)
    }
}

/// Makes classes of the lists of values: of those that nothing tells apart, one stays.
pub(super) fn classes<C: Context + ?Sized>(
    variable: &mut Variable,
    uses: &Uses<'_>,
    lists: Vec<Vec<String>>,
    request: &Request,
    context: &C,
) {
    let own: BTreeSet<KeyName> = variable.keys.iter().cloned().collect();
    let mut classes: Vec<Class> = Vec::new();
    let mut leans: Vec<(usize, usize)> = Vec::new();
    let mut seen: BTreeSet<(Vec<Truth>, Option<Vec<String>>)> = BTreeSet::new();
    let absent = variable.facts.may_be_absent.then_some(None);
    for list in lists.into_iter().map(Some).chain(absent) {
        // A key that is absent is like no value that is left out.
        if list.is_some() && classes.len() >= MOST_CLASSES {
            variable.complete = false;
            continue;
        }
        let class =
            Class { held: variable.keys.iter().map(|key| held(key, list.as_deref(), variable)).collect() };
        let tried = Tried {
            base: context,
            keys: &variable.keys,
            class: &class,
            others: RefCell::new(false),
            own: &own,
        };
        let conditions = uses.conditions.iter().chain(&uses.values).map(|condition| condition.holds(&tried));
        let resources =
            uses.resources.iter().map(|statement| statement.matches_resource(request.resource(), &tried));
        let answers: Vec<Truth> = conditions.chain(resources).collect();
        // Where two explored keys meet, or something is unknown, every value counts.
        let apart = (tried.others.into_inner() || answers.contains(&Truth::Maybe))
            .then(|| list.clone().unwrap_or_default());
        let lean = lean(uses, &answers);
        if !seen.insert((answers, apart)) {
            continue;
        }
        classes.push(class);
        leans.push(lean);
    }
    if classes.len() > MOST_IN_ORDER {
        // A search that cannot come to every combination comes to these.
        let numbered = || leans.iter().enumerate().map(|(at, lean)| (*lean, Reverse(at)));
        let place = |end: Option<((usize, usize), Reverse<usize>)>| end.map(|(_, Reverse(at))| at);
        let (most, least) = (place(numbered().max()), place(numbered().min()));
        let mut ordered: Vec<(usize, Class)> = classes.into_iter().enumerate().collect();
        ordered.sort_by_key(|(at, _)| (most != Some(*at), least != Some(*at)));
        classes = ordered.into_iter().map(|(_, class)| class).collect();
    }
    variable.classes = classes;
}

/// How far a class leans to what is allowed: how many statements that deny fail, and how many that allow can apply.
fn lean(uses: &Uses<'_>, answers: &[Truth]) -> (usize, usize) {
    let mut rest = answers;
    let mut lean = (0usize, 0usize);
    for (effect, conditions) in &uses.statements {
        let (own, behind) = rest.split_at_checked(conditions.len()).unwrap_or((rest, &[]));
        rest = behind;
        let fails = own.iter().any(|answer| answer.is_false());
        match effect {
            Some(Effect::Deny) => lean.0 = lean.0.saturating_add(usize::from(fails)),
            _ => lean.1 = lean.1.saturating_add(usize::from(!fails)),
        }
    }
    lean
}

fn held(key: &KeyName, values: Option<&[String]>, variable: &Variable) -> Held {
    let values = values?.iter().map(|value| Subject::new(spelled(key, value))).collect();
    Some((values, variable.facts.multivalued))
}

/// A value as the key spells it.
pub(super) fn spelled(key: &KeyName, value: &str) -> Text {
    // The two keys that tell the time are tied to each other.
    let epoch = key.is(EPOCH_TIME).then(|| Date::parse(value)).flatten();
    epoch.map_or_else(|| Text::known(value), |date| Text::known(date.seconds.to_string()))
}
