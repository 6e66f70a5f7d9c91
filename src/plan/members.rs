//! What has names: the members of an object, the arguments of a block. Sorted, compact, and cheap to clone, as most
//! objects of a plan are the same before and after.

use std::fmt;
use std::sync::Arc;

use super::value::Value;

/// The name of a member. Equal names of one plan mostly share memory.
pub type Name = Arc<str>;

/// Members by name, sorted. Cloning is cheap; what is changed is copied first if it is shared.
#[derive(Clone, PartialEq, Eq)]
pub struct Members<V = Value>(Arc<[(Name, V)]>);

impl<V> Members<V> {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&V> {
        let at = self.position(name).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Whether there is a member of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// The members, sorted by name.
    pub fn iter(&self) -> Iter<'_, V> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Name> + ExactSizeIterator + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values, sorted by name.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.iter().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(name))
    }
}

impl<V: Clone> Members<V> {
    fn sorted(mut members: Vec<(Name, V)>) -> Self {
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        members.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Self(members.into())
    }

    /// The member of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.position(name).ok()?;
        Arc::make_mut(&mut self.0).get_mut(at).map(|(_, value)| value)
    }

    /// Adds a member, or replaces it; what it was before. To add many, [`Members::extend`] is better.
    pub fn insert(&mut self, name: Name, value: V) -> Option<V> {
        if let Some(old) = self.get_mut(&name) {
            return Some(std::mem::replace(old, value));
        }
        self.extend([(name, value)]);
        None
    }

    /// Keeps the members for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&Name, &mut V) -> bool) {
        let mut members = self.0.to_vec();
        members.retain_mut(|(name, value)| keep(name, value));
        self.0 = members.into();
    }

    /// The members, to be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        Arc::make_mut(&mut self.0).iter_mut().map(|(name, value)| (name, value))
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }
}

/// The members, sorted by name.
type Iter<'m, V> = std::iter::Map<std::slice::Iter<'m, (Name, V)>, fn(&'m (Name, V)) -> (&'m Name, &'m V)>;

/// The members, sorted by name, to be changed.
type IterMut<'m, V> =
    std::iter::Map<std::slice::IterMut<'m, (Name, V)>, fn(&'m mut (Name, V)) -> (&'m Name, &'m mut V)>;

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl<V: Clone> FromIterator<(Name, V)> for Members<V> {
    /// Of members with the same name, the last stays.
    fn from_iter<I: IntoIterator<Item = (Name, V)>>(members: I) -> Self {
        // Of what knows its length this takes memory once.
        let members: Arc<[(Name, V)]> = members.into_iter().collect();
        if members.is_sorted_by(|(a, _), (b, _)| a < b) {
            Self(members)
        } else {
            Self::sorted(members.to_vec())
        }
    }
}

impl<V: Clone, const COUNT: usize> From<[(Name, V); COUNT]> for Members<V> {
    fn from(members: [(Name, V); COUNT]) -> Self {
        members.into_iter().collect()
    }
}

impl<V: Clone> Extend<(Name, V)> for Members<V> {
    fn extend<I: IntoIterator<Item = (Name, V)>>(&mut self, members: I) {
        let members = self.0.iter().cloned().chain(members).collect();
        *self = Self::sorted(members);
    }
}

impl<V: Clone> IntoIterator for Members<V> {
    type Item = (Name, V);
    type IntoIter = std::vec::IntoIter<(Name, V)>;

    fn into_iter(self) -> Self::IntoIter {
        let members: Vec<(Name, V)> = self.0.iter().cloned().collect();
        members.into_iter()
    }
}

impl<'m, V> IntoIterator for &'m Members<V> {
    type Item = (&'m Name, &'m V);
    type IntoIter = Iter<'m, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'m, V: Clone> IntoIterator for &'m mut Members<V> {
    type Item = (&'m Name, &'m mut V);
    type IntoIter = IterMut<'m, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<V: fmt::Debug> fmt::Debug for Members<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Members;
    use crate::plan::Value;

    #[test]
    fn members_are_sorted_and_the_last_of_a_name_stays() {
        let members = Members::from([
            ("b".into(), Value::Bool(false)),
            ("a".into(), Value::Null),
            ("b".into(), Value::Bool(true)),
        ]);
        assert_eq!(members.keys().map(|name| &**name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(members.get("b"), Some(&Value::Bool(true)));
        assert_eq!(members.get("c"), None);
    }

    #[test]
    fn a_change_leaves_clones_as_they_are() {
        let mut members = Members::new();
        assert_eq!(members.insert("x".into(), Value::Bool(true)), None);
        let clone = members.clone();
        assert_eq!(members.insert("x".into(), Value::Bool(false)), Some(Value::Bool(true)));
        members.extend([("y".into(), Value::Null), ("a".into(), Value::Null)]);
        assert_eq!(members.keys().map(|name| &**name).collect::<Vec<_>>(), ["a", "x", "y"]);
        assert_eq!(clone.get("x"), Some(&Value::Bool(true)));
        assert_eq!(clone.len(), 1);
    }
}
