//! Conditions that tell brokers apart when they are created: by their tags and their region, as no ARN does.

use std::collections::BTreeMap;

use super::Mending;
use crate::fix::Condition;
use crate::graph::{BrokerFacts, Tags};

/// What a request to create a broker tells of it: by condition key, the value; `None` for one that is not known.
struct Told {
    values: BTreeMap<String, Option<String>>,
    /// Whether it may have further tags, of which nothing is known.
    is_open: bool,
}

impl Told {
    fn known(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.as_deref()
    }

    /// Whether the value of a key may be one of these.
    fn may_be(&self, key: &str, values: &[&str]) -> bool {
        match self.values.get(key) {
            Some(Some(known)) => values.contains(&known.as_str()),
            Some(None) => true,
            None => self.is_open,
        }
    }
}

impl Mending<'_, '_> {
    /// Conditions that hold for the brokers of the matter and for none of `others`; `None` where nothing tells them
    /// apart.
    pub(super) fn telling_apart(&self, others: &[usize]) -> Option<Vec<Condition>> {
        let facts = |broker: &usize| self.broker(*broker)?.facts.after.as_ref();
        let own: Vec<Told> = self.brokers.iter().filter_map(facts).map(told).collect();
        let mut others: Vec<Told> = others.iter().filter_map(facts).map(told).collect();
        let candidates: BTreeMap<String, Vec<&str>> = own
            .first()?
            .values
            .keys()
            .filter_map(|key| {
                let mut values: Vec<&str> = own.iter().map(|told| told.known(key)).collect::<Option<_>>()?;
                values.sort_unstable();
                values.dedup();
                Some((key.clone(), values))
            })
            .collect();
        let mut conditions = Vec::new();
        while !others.is_empty() {
            let kept =
                |key: &str, values: &[&str]| others.iter().filter(|told| told.may_be(key, values)).count();
            let (key, values) = candidates.iter().min_by_key(|(key, values)| kept(key, values))?;
            if kept(key, values) == others.len() {
                return None;
            }
            others.retain(|told| told.may_be(key, values));
            conditions.push(Condition {
                test: "StringEquals",
                key: key.clone(),
                values: values.iter().map(|value| (*value).into()).collect(),
            });
        }
        Some(joined(conditions))
    }
}

/// The order of keys, so that a policy reads alike however it was found.
fn joined(mut conditions: Vec<Condition>) -> Vec<Condition> {
    conditions.sort_by(|a, b| a.key.cmp(&b.key));
    conditions
}

fn told(facts: &BrokerFacts) -> Told {
    let region = facts.region.as_known().filter(|_| !facts.region.is_sensitive());
    let mut values = BTreeMap::from([("aws:RequestedRegion".to_owned(), region.map(str::to_owned))]);
    let Tags::Known(tags) = &facts.tags else { return Told { values, is_open: true } };
    let is_secret = tags.iter().any(|(key, value)| key.is_sensitive() || value.is_sensitive());
    for (key, value) in tags {
        let Some(key) = key.as_known() else { continue };
        // A value that IAM, or the provider, would read as a variable cannot be written as it is.
        let is_plain = |value: &&str| !is_secret && !value.contains("${") && !value.contains("&{");
        let value = value.as_known().filter(is_plain).map(str::to_owned);
        values.insert(format!("aws:RequestTag/{key}"), value);
    }
    Told { values, is_open: tags.keys().any(|key| key.as_known().is_none()) }
}
