//! Account, region and partition of each provider configuration, from whatever in the plan tells them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::credentials::{credentials, is_told};
use super::tags::{DefaultTags, IgnoredTags, default_tags, ignored_tags};
use super::{accounts, removed};
use crate::aws;
use crate::aws::arn::{Arn, Place};
use crate::plan::{
    Action, Address, Configuration, Expression, Mode, Module, Plan, ProviderConfig, ResourceChange, Value,
};
use crate::text::{Hole, Text};

/// What the user says about accounts and regions that nothing in the plan tells.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    /// Twelve digits.
    pub account_id: Option<String>,
    /// Such as `eu-west-1`.
    pub region: Option<String>,
    /// Such as `aws`.
    pub partition: Option<String>,
}

/// Where the resources of one provider configuration live.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Partition, region and account, or the holes that stand for them; all unknown accounts are one, unless things of one name
    /// tell them apart.
    pub place: Place,
    /// The tags that the provider adds to every resource, where the plan or the source tells them.
    pub default_tags: DefaultTags,
    /// The tags that the provider does not show.
    pub ignored_tags: Option<Arc<IgnoredTags>>,
}

/// All provider configurations of a plan.
#[derive(Debug)]
pub struct Providers {
    by_key: BTreeMap<Box<str>, Provider>,
    /// Those of resources that the configuration has no longer.
    removed: BTreeMap<Address, Provider>,
    fallback: Provider,
    accounts_may_differ: bool,
}

/// Data sources that only find what lives in the account of their provider configuration.
pub(super) const OF_OWN_ACCOUNT: &[&str] =
    &["aws_iam_group", "aws_iam_policy", "aws_iam_role", "aws_iam_user", "aws_mq_broker"];

/// What has been seen of one provider configuration.
#[derive(Clone, Debug, Default)]
struct Evidence {
    partition: Option<Text>,
    region: Option<Text>,
    account: Option<Text>,
    credentials: String,
    default_tags: Option<DefaultTags>,
    ignored_tags: Option<Arc<IgnoredTags>>,
}

/// An argument of a provider block, evaluated from the source: by provider key and argument.
pub(super) type EvaluateArgument<'a> = &'a dyn Fn(&str, &str) -> Option<Value>;

/// The provider configuration of a resource as a plan file names it.
pub(super) type NamedProvider<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Providers {
    /// Gathers what the plan tells. `evaluate` answers for arguments that the configuration section does not show, `named`
    /// for resources that the configuration has no longer.
    pub fn new(
        plan: &Plan,
        assumptions: &Assumptions,
        evaluate: EvaluateArgument<'_>,
        named: NamedProvider<'_>,
    ) -> Self {
        let mut seen: BTreeMap<Box<str>, Evidence> = BTreeMap::new();
        for (key, config) in &plan.configuration.providers {
            let region = config.expressions.get("region").and_then(|shown| {
                let guessed = || {
                    guess(plan, config, shown)
                        .filter(|region| region.as_str().is_some_and(aws::arn::is_region))
                };
                constant(shown).or_else(|| evaluate(key, "region")).or_else(guessed)
            });
            let evidence = Evidence {
                region: region.and_then(|value| value.to_text()),
                credentials: credentials(config, |name| evaluate(key, name)),
                account: assumed_account(plan, config, || evaluate(key, "assume_role")),
                default_tags: Some(default_tags(&config.expressions, || evaluate(key, "default_tags"))),
                ignored_tags: ignored_tags(&config.expressions, || evaluate(key, "ignore_tags")),
                ..Evidence::default()
            };
            seen.insert(key.clone(), evidence);
        }
        let has_several = removed::of_aws(&plan.configuration).nth(1).is_some();
        // Where nothing is configured, data sources may be those of other accounts: what is managed comes first.
        let is_managed = |change: &&ResourceChange| change.address.mode == Mode::Managed;
        let managed = plan.resources.iter().filter(is_managed);
        for change in managed.chain(plan.resources.iter().filter(|change| !is_managed(change))) {
            if has_several && removed::is_removed(plan, change) {
                continue;
            }
            let key = provider_key(&plan.configuration, &change.address);
            match seen.get_mut(key) {
                Some(evidence) => observe(evidence, change),
                None => observe(seen.entry(key.into()).or_default(), change),
            }
        }
        let partition = common_partition(plan);
        share_accounts(&mut seen);
        let without_account = seen.values().filter(|evidence| evidence.account.is_none());
        let credentials: BTreeSet<&str> =
            without_account.map(|evidence| evidence.credentials.as_str()).collect();
        let accounts_may_differ = credentials.len() > 1;
        if seen.len() > 1 {
            tell_accounts_apart(plan, &mut seen, assumptions.account_id.as_deref());
        }
        let finish =
            |key: &str, evidence: Evidence| Provider::new(key, evidence, partition.as_deref(), assumptions);
        let fallback = finish("aws", Evidence::default());
        let common = removed::is_spread(plan).then(|| {
            let seen = seen.values().next().cloned().unwrap_or_default();
            finish("aws", Evidence { account: Some(Text::hole(Hole::account_of_removed())), ..seen })
        });
        let by_key: BTreeMap<_, _> =
            seen.into_iter().map(|(key, evidence)| (key.clone(), finish(&key, evidence))).collect();
        let removed = removed::providers(plan, named, &by_key, common.as_ref());
        Self { by_key, removed, fallback, accounts_may_differ }
    }

    /// Whether provider configurations whose account nothing tells have different credentials, so that the accounts may
    /// be several.
    pub fn accounts_may_differ(&self) -> bool {
        self.accounts_may_differ
    }

    /// The provider configuration that the block of `address` uses.
    pub fn of(&self, configuration: &Configuration, address: &Address) -> &Provider {
        if let Some(removed) = self.removed.get(address) {
            return removed;
        }
        self.by_key.get(provider_key(configuration, address)).unwrap_or(&self.fallback)
    }
}

impl Provider {
    fn new(key: &str, evidence: Evidence, partition: Option<&str>, assumptions: &Assumptions) -> Self {
        let region = evidence
            .region
            .or_else(|| assumptions.region.as_deref().map(Text::from))
            .unwrap_or_else(|| Text::hole(Hole::region(key)));
        let partition = evidence
            .partition
            .or_else(|| region.as_known().map(|region| Text::from(partition_of_region(region))))
            .or_else(|| partition.map(Text::from))
            .or_else(|| assumptions.partition.as_deref().map(Text::from))
            .unwrap_or_else(|| Text::hole(Hole::partition()));
        let account = evidence
            .account
            .or_else(|| assumptions.account_id.as_deref().map(Text::from))
            .unwrap_or_else(|| Text::hole(Hole::account()));
        let place = Place { partition, region, account };
        let default_tags = evidence.default_tags.unwrap_or(DefaultTags::None);
        Self { place, default_tags, ignored_tags: evidence.ignored_tags }
    }
}

/// The key of the provider configuration that the block of `address` uses; empty where nothing tells.
pub fn provider_key<'a>(configuration: &'a Configuration, address: &Address) -> &'a str {
    let mut keys = configuration.providers.keys();
    if let (Some(only), None) = (keys.next(), keys.next()) {
        return only;
    }
    let Some(config) = module(configuration, address)
        .and_then(|module| module.resources.of(address))
        .map(|resource| &*resource.provider_config_key)
    else {
        // That of another service stands for nothing of AWS.
        let of_aws = removed::of_aws(configuration).map(|(key, _)| key);
        return of_aws.chain(configuration.providers.keys().map(|key| &**key)).next().unwrap_or_default();
    };
    // A module that inherits its provider is named by its own path, under which nothing is configured: the
    // configuration is then that of the nearest module above.
    let Some((mut path, name)) = config.rsplit_once(':') else { return config };
    loop {
        let key = if path.is_empty() { name.to_owned() } else { format!("{path}:{name}") };
        if let Some((stored, config)) = configuration.providers.get_key_value(key.as_str())
            && !config.is_implied
        {
            return stored;
        }
        if path.is_empty() {
            return name;
        }
        path = path.rsplit_once("module.").map_or("", |(parent, _)| parent.trim_end_matches('.'));
    }
}

/// The configuration of the module that `address` stands in.
pub fn module<'a>(configuration: &'a Configuration, address: &Address) -> Option<&'a Module> {
    address.module_names().try_fold(&configuration.root, |module, name| Some(&module.calls.get(name)?.module))
}

/// The value of an argument that is written out.
pub(super) fn constant(expression: &Expression) -> Option<Value> {
    match expression {
        Expression::Constant(value) => Some(value.clone()),
        Expression::References(_) | Expression::Blocks(_) => None,
    }
}

/// The value of the only variable that an argument of a provider in the root module refers to: where the source does not
/// tell, it is mostly the value of the argument.
fn guess(plan: &Plan, config: &ProviderConfig, expression: &Expression) -> Option<Value> {
    let Expression::References(references) = expression else { return None };
    match references.as_slice() {
        [reference] if config.module_address.is_none() => {
            plan.variables.get(reference.strip_prefix("var.")?).cloned()
        }
        _ => None,
    }
}

/// The account of the role that the provider assumes, or the only one that it is allowed to work in.
fn assumed_account(
    plan: &Plan,
    config: &ProviderConfig,
    evaluate: impl Fn() -> Option<Value>,
) -> Option<Text> {
    let expressions = &config.expressions;
    if let Some(Expression::Blocks(blocks)) = expressions.get("assume_role") {
        let role = blocks.last().and_then(|block| block.get("role_arn"))?;
        let account_of = |arn: Value| aws::arn::split(&arn.to_text()?)?.into_iter().nth(4);
        let evaluated = || {
            let argument = evaluate()?;
            let block = argument.elements().last().unwrap_or(&argument);
            account_of(block.member("role_arn").clone())
        };
        return constant(role)
            .and_then(account_of)
            .or_else(evaluated)
            .or_else(|| guess(plan, config, role).and_then(account_of))
            .or_else(|| referred_account(plan, role))
            .filter(|account| !account.holes().any(|hole| hole.shape().may_contain(':')));
    }
    match expressions.get("allowed_account_ids") {
        Some(Expression::Constant(Value::List(ids))) => match ids.as_slice() {
            [only] => only.to_text().filter(Text::is_known),
            _ => None,
        },
        _ => None,
    }
}

/// The one account of the organization whose id an expression of the root module refers to.
fn referred_account(plan: &Plan, expression: &Expression) -> Option<Text> {
    let Expression::References(references) = expression else { return None };
    let accounts = references.iter().filter_map(|reference| {
        let address = reference.strip_suffix(".id")?;
        address.contains("aws_organizations_account.").then_some(address)
    });
    let accounts: Vec<&str> = accounts.collect();
    let [address] = accounts.as_slice() else { return None };
    let account = plan.resources.iter().find(|change| &*change.address_text == *address)?;
    account.after.as_ref()?.member("id").to_text()
}

/// Takes what a resource's own values tell about the provider configuration that it belongs to.
fn observe(evidence: &mut Evidence, change: &ResourceChange) {
    let known =
        |value: &Value, name: &str| value.member(name).as_text().filter(|text| text.is_known()).cloned();
    for values in [&change.after, &change.before].into_iter().flatten() {
        if change.address.mode == Mode::Data {
            match &*change.address.kind {
                "aws_caller_identity" => set(&mut evidence.account, known(values, "account_id")),
                "aws_region" => {
                    let configured_elsewhere = change.action == Action::Read;
                    if !configured_elsewhere {
                        set(&mut evidence.region, known(values, "region").or_else(|| known(values, "name")));
                    }
                }
                "aws_partition" => set(&mut evidence.partition, known(values, "partition")),
                _ => {}
            }
            if !OF_OWN_ACCOUNT.contains(&&*change.address.kind) {
                continue;
            }
        }
        let Some(arn) = known(values, "arn") else { continue };
        let Some(parts) = arn.as_known().and_then(Arn::parse) else { continue };
        set(&mut evidence.partition, Some(Text::from(parts.partition)));
        set(&mut evidence.account, parts.account_id().map(Text::from));
        // Only resources whose own region cannot differ from that of the provider.
        if !parts.region.is_empty() && values.member("region").is_null() {
            set(&mut evidence.region, Some(Text::from(parts.region)));
        }
    }
}

fn set(slot: &mut Option<Text>, value: Option<Text>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// Provider configurations with the same credentials work in the same account.
fn share_accounts(seen: &mut BTreeMap<Box<str>, Evidence>) {
    let mut by_credentials: BTreeMap<String, Text> = BTreeMap::new();
    for evidence in seen.values() {
        if let Some(account) = &evidence.account {
            by_credentials.entry(evidence.credentials.clone()).or_insert_with(|| account.clone());
        }
    }
    for evidence in seen.values_mut() {
        if evidence.account.is_none() {
            evidence.account = by_credentials.get(&evidence.credentials).cloned();
        }
    }
}

/// Provider configurations that make things of one name work in accounts of their own.
fn tell_accounts_apart(plan: &Plan, seen: &mut BTreeMap<Box<str>, Evidence>, assumed: Option<&str>) {
    let numbers = accounts::apart(plan, |change| {
        let key = provider_key(&plan.configuration, &change.address);
        seen.get_key_value(key).filter(|(_, evidence)| evidence.account.is_none()).map(|(key, _)| &**key)
    });
    let mut names: BTreeMap<usize, &str> = BTreeMap::new();
    for (provider, number) in numbers.iter().filter(|(_, number)| **number > 0) {
        names.entry(*number).or_insert(provider);
    }
    let own = |(provider, number): (&&str, &usize)| {
        Some(((*provider).to_owned(), Text::hole(Hole::account_of(names.get(number)?, assumed))))
    };
    let accounts: Vec<(String, Text)> = numbers.iter().filter_map(own).collect();
    // What has the same credentials works in the same account.
    let by_credentials: BTreeMap<String, Text> = accounts
        .iter()
        .filter_map(|(provider, account)| Some((seen.get(&**provider)?.credentials.clone(), account.clone())))
        .filter(|(credentials, _)| is_told(credentials))
        .collect();
    let by_provider: BTreeMap<String, Text> = accounts.into_iter().collect();
    for (provider, evidence) in seen.iter_mut().filter(|(_, evidence)| evidence.account.is_none()) {
        let account = by_provider.get(&**provider).or_else(|| by_credentials.get(&evidence.credentials));
        evidence.account = account.cloned();
    }
}

fn partition_of_region(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The partition that every policy ARN of the plan names, if they agree: an attachment cannot cross partitions.
fn common_partition(plan: &Plan) -> Option<String> {
    let mut found: Option<&str> = None;
    for change in &plan.resources {
        for values in [&change.after, &change.before].into_iter().flatten() {
            for name in ["policy_arn", "permissions_boundary", "arn"] {
                let Some(parts) = values.member(name).as_str().and_then(Arn::parse) else { continue };
                if found.is_some_and(|partition| partition != parts.partition) {
                    return None;
                }
                found = Some(parts.partition);
            }
        }
    }
    found.map(str::to_owned)
}
