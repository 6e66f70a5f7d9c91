//! The provider configurations of what the configuration has no longer: the plan's JSON names them only for what is
//! configured. A state has no configuration at all.

use std::collections::{BTreeMap, BTreeSet};

use super::providers::{OF_OWN_ACCOUNT, Provider, module};
use crate::aws::arn::{self, Place};
use crate::plan::{Address, Configuration, Mode, Plan, ProviderConfig, ResourceChange, Value};
use crate::text::{Hole, Text};

/// The attributes that name whom a resource is about, with the type of what is named.
const NAMED: [(&str, &str); 6] = [
    ("role", "aws_iam_role"),
    ("user", "aws_iam_user"),
    ("group", "aws_iam_group"),
    ("role_name", "aws_iam_role"),
    ("user_name", "aws_iam_user"),
    ("group_name", "aws_iam_group"),
];

/// Whether a resource is of AWS and stands in no configuration, so that its provider configuration has to be found.
pub(super) fn is_removed(plan: &Plan, change: &ResourceChange) -> bool {
    let address = &change.address;
    address.mode == Mode::Managed
        && address.kind.starts_with("aws_")
        && module(&plan.configuration, address).is_none_or(|module| module.resources.of(address).is_none())
}

/// Provider configurations of AWS, by key.
pub(super) fn of_aws(configuration: &Configuration) -> impl Iterator<Item = (&str, &ProviderConfig)> {
    let all = configuration.providers.iter().map(|(key, provider)| (&**key, provider));
    all.filter(|(_, provider)| &*provider.name == "aws")
}

/// Whether a state tells, by the ARNs of what it manages, that it is about several accounts.
pub(super) fn is_spread(plan: &Plan) -> bool {
    let managed = || plan.resources.iter().filter(|change| change.address.mode == Mode::Managed);
    let accounts = || managed().filter_map(account_of);
    plan.is_state && accounts().next().is_some_and(|first| accounts().any(|other| other != first))
}

/// The providers of removed resources, or of all where a state [is about several accounts](is_spread). Empty where there are
/// none, or only one provider configuration.
///
/// `named` is what a plan file says of a resource, `by_key` the provider configurations that the plan has, `spread` what is
/// common to all of a state that is about several accounts.
pub(super) fn providers(
    plan: &Plan,
    named: &dyn Fn(&str) -> Option<String>,
    by_key: &BTreeMap<Box<str>, Provider>,
    spread: Option<&Provider>,
) -> BTreeMap<Address, Provider> {
    let has_several = of_aws(&plan.configuration).nth(1).is_some();
    let of_first = || by_key.get(of_aws(&plan.configuration).next().filter(|_| has_several)?.0);
    let Some(first) = spread.or_else(of_first) else { return BTreeMap::new() };
    let is_found = |change: &ResourceChange| match spread {
        Some(_) => change.address.mode == Mode::Managed || OF_OWN_ACCOUNT.contains(&&*change.address.kind),
        None => is_removed(plan, change),
    };
    let mut found = BTreeMap::new();
    let mut open = Vec::new();
    for change in plan.resources.iter().filter(|change| is_found(change)) {
        let known = named(&change.address_text)
            .and_then(|named| key_of(plan, &named))
            .and_then(|key| by_key.get(key))
            .cloned();
        let in_account = || Some(in_account(account_of(change)?, first, by_key));
        match known.or_else(in_account) {
            Some(provider) => drop(found.insert(change.address.clone(), provider)),
            None => open.push(change),
        }
    }
    if open.is_empty() {
        return found;
    }
    let holders = holders(plan, |change| {
        let own = || by_key.get(super::provider_key(&plan.configuration, &change.address));
        if is_found(change) { found.get(&change.address) } else { own() }
            .map(|provider| provider.place.account.unmarked())
    });
    for change in open {
        let provider = in_account(holders.account_for(change, spread.is_some()), first, by_key);
        found.insert(change.address.clone(), provider);
    }
    found
}

/// The provider of an account: one that works there, or what the first would be there.
fn in_account(account: Text, first: &Provider, by_key: &BTreeMap<Box<str>, Provider>) -> Provider {
    let there = by_key.values().find(|provider| provider.place.account.unmarked() == account);
    there
        .cloned()
        .unwrap_or_else(|| Provider { place: Place { account, ..first.place.clone() }, ..first.clone() })
}

/// The key of the provider configuration that a plan file names `provider["registry.terraform.io/hashicorp/aws"].b`.
fn key_of<'p>(plan: &'p Plan, named: &str) -> Option<&'p str> {
    let (module, rest) = named.split_once("provider[\"")?;
    let (source, alias) = rest.split_once("\"]")?;
    let module = module.trim_end_matches('.');
    let alias = alias.strip_prefix('.');
    if source.rsplit('/').next() != Some("aws") {
        return None;
    }
    let is_it = |provider: &ProviderConfig| {
        provider.alias.as_deref() == alias && provider.module_address.as_deref().unwrap_or_default() == module
    };
    of_aws(&plan.configuration).find(|(_, provider)| is_it(provider)).map(|(key, _)| key)
}

/// The account that the values of a resource tell: that of its ARN, or that of a policy that it attaches, which stands in
/// the account of whom it is attached to.
fn account_of(change: &ResourceChange) -> Option<Text> {
    let values = change.before.as_ref().or(change.after.as_ref())?;
    ["arn", "policy_arn"].iter().find_map(|name| {
        let [_, _, _, _, account, _] = arn::split(&values.member(name).to_text()?)?;
        let known = account.as_known()?;
        let is_account = known.len() == 12 && known.bytes().all(|byte| byte.is_ascii_digit());
        is_account.then(|| Text::from(known))
    })
}

/// Whom a resource is about, by type and name.
fn named_by(change: &ResourceChange) -> impl Iterator<Item = (&'static str, Text)> {
    let values = change.before.as_ref().or(change.after.as_ref());
    let named = |values: &Value, attribute: &str| -> Vec<Text> {
        let listed = values.member(&format!("{attribute}s"));
        let all = std::iter::once(values.member(attribute)).chain(listed.elements());
        all.filter_map(Value::to_text).filter(Text::is_known).map(|name| name.unmarked()).collect()
    };
    NAMED.into_iter().flat_map(move |(attribute, kind)| {
        let all = values.map(|values| named(values, attribute)).unwrap_or_default();
        all.into_iter().map(move |name| (kind, name))
    })
}

/// The principals that have a name, by type and name.
#[derive(Default)]
struct Holders<'p>(BTreeMap<(&'static str, Text), BTreeSet<Standing<'p>>>);

/// A principal, and its account.
type Standing<'p> = (Text, &'p Address);

impl Holders<'_> {
    /// The account of a resource that is about one of them: that of the only one of its name. In a state, one that it does not
    /// depend on is another, and of several that it may depend on it is the one that the same module instance makes.
    fn account_for(&self, change: &ResourceChange, is_state: bool) -> Text {
        let depends_on = |address: &Address| {
            let modules = address.module_names().flat_map(|name| ["module.", name, "."]);
            let block = modules.collect::<String>() + &address.block();
            change.depends_on.iter().any(|other| **other == *block)
        };
        let named = named_by(change).filter_map(|named| self.0.get(&named)).flatten();
        let named: Vec<_> = named.filter(|(_, address)| !is_state || depends_on(address)).collect();
        let only = |here: bool| {
            let accounts = named.iter().filter(|(_, other)| !here || other.module == change.address.module);
            let accounts: BTreeSet<&Text> = accounts.map(|(account, _)| account).collect();
            let mut accounts = accounts.into_iter();
            accounts.next().filter(|_| accounts.next().is_none())
        };
        only(false)
            .or_else(|| only(true).filter(|_| is_state))
            .cloned()
            .unwrap_or_else(|| Text::hole(Hole::account_of_removed()))
    }
}

fn holders(plan: &Plan, account: impl Fn(&ResourceChange) -> Option<Text>) -> Holders<'_> {
    let mut holders = Holders::default();
    for change in plan.resources.iter().chain(&plan.untouched) {
        let Some((_, kind)) = NAMED.iter().find(|(_, kind)| *kind == &*change.address.kind) else { continue };
        let Some(account) = account(change) else { continue };
        for values in [&change.before, &change.after].into_iter().flatten() {
            if let Some(name) = values.member("name").to_text() {
                let holder = (account.clone(), &change.address);
                holders.0.entry((*kind, name.unmarked())).or_default().insert(holder);
            }
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::key_of;
    use crate::plan::{Plan, ProviderConfig};

    #[test]
    fn provider_configurations_have_keys() {
        let mut plan = Plan::default();
        for (key, alias, module) in
            [("aws", None, None), ("aws.b", Some("b"), None), ("module.m:aws.b", Some("b"), Some("module.m"))]
        {
            let provider = ProviderConfig {
                name: "aws".into(),
                alias: alias.map(Into::into),
                module_address: module.map(Into::into),
                ..ProviderConfig::default()
            };
            plan.configuration.providers.insert(key.into(), provider);
        }
        let aws = "provider[\"registry.terraform.io/hashicorp/aws\"]";
        assert_eq!(key_of(&plan, aws), Some("aws"));
        assert_eq!(key_of(&plan, &format!("{aws}.b")), Some("aws.b"));
        assert_eq!(key_of(&plan, &format!("module.m.{aws}.b")), Some("module.m:aws.b"));
        assert_eq!(key_of(&plan, &format!("{aws}.c")), None);
        assert_eq!(key_of(&plan, "provider[\"registry.terraform.io/hashicorp/random\"]"), None);
    }
}
