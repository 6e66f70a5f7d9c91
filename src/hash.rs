//! Maps for looking up, with a hash that is fast and the same on every run. Nothing iterates over them.

/// The hash of every map for looking up.
pub(crate) type State = foldhash::fast::FixedState;

/// A map for looking up.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, State>;

/// A set for looking up.
pub(crate) type HashSet<T> = std::collections::HashSet<T, State>;
