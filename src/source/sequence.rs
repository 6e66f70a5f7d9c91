//! What stands in lists, sets, tuples, objects and maps, and in which order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fuel::{Fuel, OutOfFuel};
use super::spelled::spelled;
use super::value::{Kind, Members, Value};
use crate::text::{Text, Truth, in_order};

/// A list, a set or a tuple.
#[derive(Clone)]
pub(crate) struct Sequence {
    pub(crate) items: Arc<[Value]>,
    /// Whether it is a set: without duplicates, as far as what is unknown allows.
    pub(crate) set: bool,
    /// Whether an unknown element may stand for several, or for none.
    pub(crate) open: bool,
    /// Whether it hangs on something unknown in which order the elements stand.
    pub(crate) shuffled: bool,
}

impl Sequence {
    pub(crate) fn list(items: impl Into<Arc<[Value]>>, open: bool, shuffled: bool) -> Self {
        let items = items.into();
        let shuffled = shuffled && items.len() > 1;
        Self { items, set: false, open, shuffled }
    }

    pub(super) fn equals(&self, other: &Self, fuel: &Fuel) -> Result<Truth, OutOfFuel> {
        if self.open || other.open {
            return Ok(Truth::Maybe);
        }
        if self.items.len() != other.items.len() {
            let may_shrink = self.may_shrink(fuel)? || other.may_shrink(fuel)?;
            return Ok(if may_shrink { Truth::Maybe } else { Truth::False });
        }
        let may_shrink = self.may_shrink(fuel)? || other.may_shrink(fuel)?;
        if self.set && other.set && (self.shuffled || other.shuffled) && !may_shrink {
            return self.has_elements_of(other, fuel);
        }
        let mut result = Truth::True;
        for (a, b) in self.items.iter().zip(other.items.iter()) {
            result = result.and(a.equals(b, fuel)?);
        }
        let in_order = !(self.shuffled || other.shuffled);
        // Elements of a set that are not known may be one.
        let as_many = in_order && !may_shrink;
        Ok(if as_many || result.is_true() && in_order { result } else { Truth::Maybe })
    }

    /// Whether two sets of as many elements are equal, in whatever order these stand.
    fn has_elements_of(&self, other: &Self, fuel: &Fuel) -> Result<Truth, OutOfFuel> {
        let mut result = Truth::True;
        for one in &*self.items {
            let mut found = Truth::False;
            for candidate in &*other.items {
                found = found.or(one.equals(candidate, fuel)?);
                if found.is_true() {
                    break;
                }
            }
            result = result.and(found);
            if result.is_false() {
                break;
            }
        }
        Ok(result)
    }

    /// Whether elements of a set may turn out to be the same.
    pub(crate) fn may_shrink(&self, fuel: &Fuel) -> Result<bool, OutOfFuel> {
        if !self.set || self.all_known(fuel)? {
            return Ok(false);
        }
        for (at, one) in self.items.iter().enumerate() {
            for other in self.items.iter().skip(at.saturating_add(1)) {
                if !one.equals(other, fuel)?.is_false() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    pub(super) fn all_known(&self, fuel: &Fuel) -> Result<bool, OutOfFuel> {
        for item in &*self.items {
            if !item.is_known(fuel)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The members of an object or a map in the order of their names, and whether that order hangs on something unknown.
pub(super) fn in_order_of_names(members: &Members) -> (Vec<(&Text, &Value)>, bool) {
    let names: Vec<Text> = members.keys().cloned().collect();
    if names.iter().all(Text::is_known) {
        return (members.iter().collect(), false);
    }
    let (names, is_certain) = ordered(names);
    let found = names.iter().filter_map(|name| members.get_key_value(name));
    (found.collect(), !is_certain)
}

/// The texts in order, and whether that is certain, by the certain characters within their holes too.
fn ordered(texts: Vec<Text>) -> (Vec<Text>, bool) {
    let (texts, is_certain) = in_order(texts);
    if is_certain {
        return (texts, true);
    }
    let by_spelling: BTreeMap<Text, Text> = texts.iter().map(|text| (spelled(text), text.clone())).collect();
    match in_order(texts.iter().map(spelled).collect()) {
        (spellings, true) if by_spelling.len() == texts.len() => {
            (spellings.iter().filter_map(|spelling| by_spelling.get(spelling).cloned()).collect(), true)
        }
        _ => (texts, false),
    }
}

/// Whether two objects or maps have the same members.
pub(super) fn members_equal(a: &Members, b: &Members, fuel: &Fuel) -> Result<Truth, OutOfFuel> {
    let known = |members: &Members| members.last_key_value().is_none_or(|(name, _)| name.is_known());
    if !known(a) || !known(b) {
        return Ok(Truth::Maybe);
    }
    if a.len() != b.len() {
        return Ok(Truth::False);
    }
    let mut result = Truth::True;
    for ((name, x), (other, y)) in a.iter().zip(b) {
        if name.as_known() != other.as_known() {
            return Ok(Truth::False);
        }
        result = result.and(x.equals(y, fuel)?);
    }
    Ok(result)
}

/// Strings in order, as elements; and whether that order hangs on something unknown.
pub(super) fn sorted(texts: Vec<Text>) -> (Vec<Value>, bool) {
    let (texts, is_certain) = ordered(texts);
    (texts.into_iter().map(Value::string).collect(), !is_certain)
}

impl From<Sequence> for Value {
    fn from(sequence: Sequence) -> Self {
        Kind::Sequence(sequence).into()
    }
}
