//! A principal that gains delete on a broker through this plan.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use super::holders::block_of;
use super::statements::behind;
use super::words::{few, list};
use super::{Draft, Kind, Related, Rule, Severity, Subject};
use crate::aws::Operation;
use crate::changes::{self, Access, AccessChange};
use crate::iam::Effect;
use crate::intent::Act;

pub(super) const RULE: Rule = Rule {
    id: "gains-delete",
    kind: Kind::Excess,
    severity: Severity::Warning,
    summary: "A principal could not delete a broker before this plan, and will be able to after it",
    documentation: "\
# gains-delete

A broker exists already, and a principal that cannot delete it now will be able to once this plan is applied: by a new
or a changed policy, or because what denied it goes. The finding names the policies that allow it, so that a review
does not overlook it. Brokers that the plan creates do not count.

With an intent (`mqwarden.hcl`) that says who may do what, the rule is silent: intent-excess speaks then.

Wrong: a change to a policy that adds `mq:DeleteBroker`, or `mq:*`, unnoticed among others.

Right: the same change, made on purpose and accepted in `mqwarden.hcl`, or an intent that says so.

```hcl
{ Effect = \"Allow\", Action = \"mq:DeleteBroker\", Resource = aws_mq_broker.orders.arn }
```
",
    check,
};

/// Who gains by the same policies: principals and brokers, by position.
#[derive(Default)]
struct Gain {
    principals: Vec<usize>,
    brokers: Vec<usize>,
}

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    if subject.is_meant() {
        return Vec::new();
    }
    let mut gains: BTreeMap<(Vec<String>, Vec<usize>), Gain> = BTreeMap::new();
    for (principal, brokers) in gained(subject) {
        let Some(first) = brokers.first() else { continue };
        let mut policies: Vec<String> = behind(subject, principal, *first, Act::Delete, Effect::Allow)
            .iter()
            .map(|behind| block_of(&behind.policy.id))
            .collect();
        policies.sort();
        policies.dedup();
        let gain = gains.entry((policies, brokers.clone())).or_default();
        gain.principals.push(principal);
        gain.brokers.extend(brokers.iter());
    }
    gains.into_iter().map(|((policies, _), gain)| draft(subject, &policies, gain)).collect()
}

/// The brokers that exist and that principals gain delete on, in order.
fn gained(subject: &Subject<'_>) -> BTreeMap<usize, Vec<usize>> {
    let existing = existing(subject);
    // Of what stays conditional, some is allowed that was denied, and perhaps some denied that was allowed.
    let is_gain = |change: &&AccessChange| {
        matches!(change.effect, changes::Effect::Gain | changes::Effect::Unclear)
            && change.before != Access::Unknown
            && matches!(change.after, Access::Allowed | Access::Conditional)
            && change.operations.contains(&Operation::Delete)
    };
    let mut gained: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for change in subject.changes.list.iter().filter(is_gain) {
        let brokers = change.brokers.iter().copied().filter(|broker| existing.contains(*broker));
        gained.entry(change.principal).or_default().extend(brokers);
    }
    for brokers in gained.values_mut() {
        brokers.sort_unstable();
    }
    gained
}

/// The brokers that exist before apply.
fn existing(subject: &Subject<'_>) -> FixedBitSet {
    let brokers = subject.graph.brokers.iter().map(|node| subject.graph.broker(*node));
    let exists = brokers.enumerate().filter(|(_, one)| one.is_some_and(|one| one.facts.before.is_some()));
    let mut existing = FixedBitSet::with_capacity(subject.graph.brokers.len());
    existing.extend(exists.map(|(broker, _)| broker));
    existing
}

fn draft(subject: &Subject<'_>, policies: &[String], mut gain: Gain) -> Draft {
    gain.brokers.sort_unstable();
    gain.brokers.dedup();
    let graph = subject.graph;
    let node = |list: &[petgraph::graph::NodeIndex], at: &usize| list.get(*at).copied();
    let principals: Vec<&str> = gain
        .principals
        .iter()
        .filter_map(|at| Some(&*graph.principal(node(&graph.principals, at)?)?.id))
        .collect();
    let brokers: Vec<&str> =
        gain.brokers.iter().filter_map(|at| Some(&*graph.broker(node(&graph.brokers, at)?)?.id)).collect();
    let (gains, is) = if principals.len() == 1 { ("gains", "it is") } else { ("gain", "they are") };
    let by =
        if policies.is_empty() { String::new() } else { format!(": {is} allowed to by {}", list(policies)) };
    let only = |names: &[&str]| match names {
        [one] => Some((*one).to_owned()),
        _ => None,
    };
    let first = gain.principals.first().zip(gain.brokers.first());
    let behind = first
        .map(|(principal, broker)| behind(subject, *principal, *broker, Act::Delete, Effect::Allow))
        .unwrap_or_default();
    let related: Vec<Related> = behind.iter().map(|behind| behind.related(subject, "allowed")).collect();
    Draft {
        identity: format!("{} {} {}", policies.join(" "), principals.join(" "), brokers.join(" ")),
        principal: only(&principals),
        broker: only(&brokers),
        operation: Some(Operation::Delete.name()),
        message: format!("{} {gains} delete on {} through this plan{by}.", few(&principals), few(&brokers)),
        help: "Check that this is meant; an intent (`mqwarden.hcl`) can say so.".into(),
        location: related
            .iter()
            .find_map(|related| related.location.clone())
            .or_else(|| (subject.locate)(principals.first()?, "name")),
        related,
        ..Draft::default()
    }
}
