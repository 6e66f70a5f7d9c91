//! The resource blocks of a module of the configuration.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use super::address::{Address, Mode};
use super::model::ResourceConfig;
use crate::hash::State;

/// The resource blocks of a module, by their address in it (`aws_mq_broker.orders`, `data.aws_region.here`).
#[derive(Default)]
pub struct Blocks {
    /// Sorted by address.
    all: Vec<(Box<str>, ResourceConfig)>,
    /// The positions, by the hash of the address.
    positions: HashTable<usize>,
}

/// The parts of an address: whether it is one of a data source, the type, and the name.
type Parts<'a> = (bool, &'a str, &'a str);

fn parts(address: &str) -> Parts<'_> {
    let (is_data, rest) = match address.strip_prefix("data.") {
        Some(rest) => (true, rest),
        None => (false, address),
    };
    let (kind, name) = rest.split_once('.').unwrap_or((rest, ""));
    (is_data, kind, name)
}

fn hash((is_data, kind, name): Parts<'_>) -> u64 {
    let mut hasher = State::default().build_hasher();
    hasher.write_u8(u8::from(is_data));
    hasher.write(kind.as_bytes());
    hasher.write_u8(b'.');
    hasher.write(name.as_bytes());
    hasher.finish()
}

impl Blocks {
    /// Adds blocks; of several with one address, the last one counts.
    pub(super) fn add(&mut self, blocks: Vec<(Box<str>, ResourceConfig)>) {
        self.all.extend(blocks);
        self.all.reverse();
        self.all.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.all.dedup_by(|(later, _), (kept, _)| later == kept);
        self.positions.clear();
        let all = &self.all;
        let hash_at = |position: &usize| all.get(*position).map_or(0, |(address, _)| hash(parts(address)));
        for position in 0..all.len() {
            self.positions.insert_unique(hash_at(&position), position, hash_at);
        }
    }

    /// The block with an address in its module.
    pub fn get(&self, address: &str) -> Option<&ResourceConfig> {
        self.find(parts(address))
    }

    /// The block of a resource.
    pub fn of(&self, address: &Address) -> Option<&ResourceConfig> {
        self.find((address.mode == Mode::Data, &address.kind, &address.name))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All blocks with their addresses, sorted by these.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ResourceConfig)> {
        self.all.iter().map(|(address, block)| (&**address, block))
    }

    fn find(&self, wanted: Parts<'_>) -> Option<&ResourceConfig> {
        let is_it =
            |position: &usize| self.all.get(*position).is_some_and(|(address, _)| parts(address) == wanted);
        let position = *self.positions.find(hash(wanted), is_it)?;
        self.all.get(position).map(|(_, block)| block)
    }
}

impl PartialEq for Blocks {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Blocks;
    use crate::plan::{Address, ResourceConfig};

    fn block(provider: &str) -> ResourceConfig {
        ResourceConfig { provider_config_key: provider.into(), ..ResourceConfig::default() }
    }

    #[test]
    fn blocks_are_found_by_their_addresses() {
        let mut blocks = Blocks::default();
        blocks
            .add(vec![("aws_mq_broker.b".into(), block("first")), ("data.aws_region.a".into(), block("r"))]);
        blocks.add(vec![("aws_mq_broker.b".into(), block("second")), ("aws_mq_broker.a".into(), block("a"))]);
        let all: Vec<&str> = blocks.iter().map(|(address, _)| address).collect();
        assert_eq!(all, ["aws_mq_broker.a", "aws_mq_broker.b", "data.aws_region.a"]);
        let provider = |address: &str| {
            let address = Address::parse(address).unwrap();
            blocks.of(&address).map(|block| &*block.provider_config_key)
        };
        assert_eq!(provider("module.m[0].aws_mq_broker.b[\"x\"]"), Some("second"));
        assert_eq!(provider("data.aws_region.a"), Some("r"));
        assert_eq!(provider("aws_region.a"), None);
        assert!(blocks.get("aws_mq_broker.a").is_some() && blocks.get("aws_mq_broker").is_none());
    }
}
