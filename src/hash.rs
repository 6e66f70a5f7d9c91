//! Maps for looking up, with a hash that is fast and the same on every run. Nothing iterates over them.

/// The hash of every map for looking up.
pub(crate) type State = foldhash::fast::FixedState;

/// A map for looking up.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, State>;

/// A set for looking up.
pub(crate) type HashSet<T> = std::collections::HashSet<T, State>;

/// A few hexadecimal digits that tell texts apart, the same from run to run.
pub(crate) fn short(text: &str) -> String {
    let mut hasher = fnv::FnvHasher::default();
    std::hash::Hasher::write(&mut hasher, text.as_bytes());
    let hash = std::hash::Hasher::finish(&hasher);
    format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
}
