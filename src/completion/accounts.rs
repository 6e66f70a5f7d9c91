//! Which provider configurations work in accounts of their own, where nothing tells the accounts.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Mode, Plan, ResourceChange, Value};

/// Types whose names are unique within an account (IAM User Guide, "IAM and AWS STS quotas": names of IAM users, groups,
/// roles and policies are unique in the account and are not distinguished by case).
const NAMED_ONCE: &[&str] = &["aws_iam_group", "aws_iam_policy", "aws_iam_role", "aws_iam_user"];

/// Numbers the accounts of provider configurations: those that make things of one name cannot share one. All that may be
/// one account are one, number 0 where possible.
///
/// `representative` names those that have the same credentials as the provider configuration of a resource, `None` where
/// its account is known.
pub(super) fn apart<'a>(
    plan: &Plan,
    representative: impl Fn(&ResourceChange) -> Option<&'a str>,
) -> BTreeMap<&'a str, usize> {
    let mut rivals: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let sides: [fn(&ResourceChange) -> Option<&Value>; 2] =
        [|change| change.before.as_ref(), |change| change.after.as_ref()];
    for side in sides {
        let mut holders: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
        for change in &plan.resources {
            let kind = &*change.address.kind;
            if change.address.mode == Mode::Data || !NAMED_ONCE.contains(&kind) {
                continue;
            }
            let name = side(change).and_then(|values| values.member("name").as_str());
            if let Some((name, provider)) = name.zip(representative(change)) {
                holders.entry((kind, name.to_ascii_lowercase())).or_default().insert(provider);
            }
        }
        for those in holders.into_values().filter(|those| those.len() > 1) {
            for &one in &those {
                rivals.entry(one).or_default().extend(those.iter().filter(|&&other| other != one));
            }
        }
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (one, others) in &rivals {
        let taken: BTreeSet<usize> = others.iter().filter_map(|other| numbers.get(other).copied()).collect();
        let free = (0..=taken.len()).find(|number| !taken.contains(number));
        numbers.insert(one, free.unwrap_or_default());
    }
    numbers
}
