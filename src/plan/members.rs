//! The members of an object: sorted, compact, and cheap to clone, as most objects of a plan are the same before and
//! after.

use std::fmt;
use std::sync::Arc;

use super::value::Value;

/// The name of a member. Equal names of one plan mostly share memory.
pub type Name = Arc<str>;

/// Members by name, sorted. Cloning is cheap; what is changed is copied first if it is shared.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Members(Arc<Vec<(Name, Value)>>);

impl Members {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.position(name).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The member of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let at = self.position(name).ok()?;
        Arc::make_mut(&mut self.0).get_mut(at).map(|(_, value)| value)
    }

    /// Changes the member of this name; it is `Null` before if there was none.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let position = self.position(name);
        let members = Arc::make_mut(&mut self.0);
        match position {
            Ok(at) => {
                if let Some((_, value)) = members.get_mut(at) {
                    change(value);
                }
            }
            Err(at) => {
                let mut value = Value::Null;
                change(&mut value);
                members.insert(at, (name.into(), value));
            }
        }
    }

    /// Adds a member, or replaces it.
    pub fn insert(&mut self, name: impl Into<Name>, value: Value) -> Option<Value> {
        let name = name.into();
        let position = self.position(&name);
        let members = Arc::make_mut(&mut self.0);
        match position {
            Ok(at) => members.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                members.insert(at, (name, value));
                None
            }
        }
    }

    /// The members, sorted by name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &Value)> + ExactSizeIterator + Clone {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Name> + ExactSizeIterator + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values, sorted by name.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The members, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Name, &mut Value)> {
        Arc::make_mut(&mut self.0).iter_mut().map(|(name, value)| (&*name, value))
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
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

impl<N: Into<Name>> FromIterator<(N, Value)> for Members {
    /// Of members with the same name, the last stays.
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(members: I) -> Self {
        let mut sorted: Vec<(Name, Value)> =
            members.into_iter().map(|(name, value)| (name.into(), value)).collect();
        if !sorted.is_sorted_by(|(a, _), (b, _)| a < b) {
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            sorted.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    std::mem::swap(later, earlier);
                }
                same
            });
        }
        sorted.shrink_to_fit();
        Self(Arc::new(sorted))
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Members;
    use crate::plan::Value;

    #[test]
    fn members_are_sorted_and_the_last_of_a_name_stays() {
        let members: Members =
            [("b", Value::Bool(false)), ("a", Value::Null), ("b", Value::Bool(true))].into_iter().collect();
        assert_eq!(members.keys().map(|name| &**name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(members.get("b"), Some(&Value::Bool(true)));
        assert_eq!(members.get("c"), None);
    }

    #[test]
    fn a_change_leaves_clones_as_they_are() {
        let mut members = Members::new();
        assert_eq!(members.insert("x", Value::Bool(true)), None);
        let clone = members.clone();
        members.change("x", |value| *value = Value::Bool(false));
        members.change("y", |value| *value = Value::Bool(false));
        assert_eq!(clone.get("x"), Some(&Value::Bool(true)));
        assert_eq!((clone.len(), members.len()), (1, 2));
    }
}
