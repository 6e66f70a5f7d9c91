//! Services that a role is passed to: whether they may have it, and whether the caller may make them work.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ask::{Answer, Made, Wish};
use super::{Holder, Search};
use crate::access::{Call, Reason, Verdict, free};
use crate::aws::arn;
use crate::aws::passed_roles::{Needed, PassedRole};
use crate::iam::{KeyName, KeyValue, Requester, Selection};
use crate::text::Text;

/// The name of what a caller makes anew, where its policies ask for no other.
const ANY_NAME: &str = "x";

impl Search<'_, '_> {
    /// Whether the service may assume the role for certain, or under a condition.
    pub(super) fn trusts_service(&self, role: usize, way: &PassedRole) -> bool {
        let key = (role, way.service);
        if let Some(known) = self.services.borrow().get(&key) {
            return *known;
        }
        let trusts = self.ask_trust(role, way);
        self.services.borrow_mut().insert(key, trusts);
        trusts
    }

    fn ask_trust(&self, role: usize, way: &PassedRole) -> bool {
        let (Some(trust), Some(facts)) = (self.trusts().of(role), self.facts(role)) else { return false };
        let keys = |name: &KeyName| match name.lower() {
            "aws:sourceaccount" => Some(KeyValue::one(facts.account.clone())),
            "aws:sourcearn" => Some(free(name, None)),
            "aws:principalisawsservice" => Some(KeyValue::one("true")),
            "aws:principalservicename" => Some(KeyValue::one(way.service)),
            _ => None,
        };
        let call = Call { action: "sts:AssumeRole", resource: facts.arn.clone().into(), keys: &keys };
        let service = Requester::Service(Text::from(way.service));
        self.may_ask()
            && matches!(
                self.authority.outsider(trust, service, &call),
                Verdict::Allowed | Verdict::Conditional { .. }
            )
    }

    /// The calls that make the service work, if all of them are allowed.
    pub(super) fn use_service(
        &self,
        holder: Holder,
        way: &PassedRole,
        open: &mut BTreeSet<Reason>,
    ) -> Option<Vec<Arc<Made>>> {
        let mut calls = Vec::new();
        for needed in way.calls {
            let forms: Vec<Option<&str>> = match needed.resources {
                [] => vec![None],
                forms => forms.iter().copied().map(Some).collect(),
            };
            let mut first = None;
            for form in forms {
                let made = self.use_one(holder, needed, form, open)?;
                first.get_or_insert(made);
            }
            calls.extend(first.map(Arc::new));
        }
        Some(calls)
    }

    /// A call on one type of resource, with whatever name the caller may choose.
    fn use_one(
        &self,
        holder: Holder,
        needed: &Needed,
        form: Option<&str>,
        open: &mut BTreeSet<Reason>,
    ) -> Option<Made> {
        for resource in self.resources(holder, needed, form) {
            let wish = Wish { action: needed.action, resource: &resource, target: None, fixed: &[] };
            match self.ask(holder, &wish) {
                Answer::Yes(made) => return Some(made),
                Answer::Open(reasons) => open.extend(reasons),
                Answer::No => {}
            }
        }
        None
    }

    /// Resources of the form: one with any name, and one for every pattern that the holder's policies have for the
    /// action.
    fn resources(&self, holder: Holder, needed: &Needed, form: Option<&str>) -> Vec<Text> {
        let Some(form) = form else { return vec![Text::from("*")] };
        let Some(facts) = self.facts(holder.principal) else { return Vec::new() };
        let Some([_, partition, _, _, account, _]) = arn::split(&facts.arn) else { return Vec::new() };
        let service = needed.action.split(':').next().unwrap_or_default();
        let region = self.region().unwrap_or_else(|| Text::from("us-east-1"));
        let build = |region: &Text, name: &str| {
            let mut text = Text::builder();
            text.push_str("arn:").push_text(&partition).push_str(":").push_str(service).push_str(":");
            let mut rest = form;
            while let Some((before, after)) = rest.split_once('{') {
                text.push_str(before);
                let (word, tail) = after.split_once('}').unwrap_or((after, ""));
                match word {
                    "region" => text.push_text(region),
                    "account" => text.push_text(&account),
                    _ => text.push_str(name),
                };
                rest = tail;
            }
            text.push_str(rest).finish()
        };
        let mut found = vec![build(&region, ANY_NAME)];
        for pattern in self.patterns(holder, needed.action) {
            if let Some((of_pattern, name)) = example(&pattern, service, form) {
                found.push(build(&of_pattern.map_or_else(|| region.clone(), Text::from), &name));
            }
        }
        found.dedup();
        found
    }

    /// The region of the plan's brokers: where services are used.
    fn region(&self) -> Option<Text> {
        let brokers = self.graph.brokers.iter().filter_map(|&node| self.graph.broker(node));
        brokers.filter_map(|broker| broker.facts.after.as_ref()).map(|facts| facts.region.clone()).next()
    }

    /// The resources that the holder's policies name for an action, as patterns.
    fn patterns(&self, holder: Holder, action: &str) -> BTreeSet<String> {
        let statements = self.abilities().allowing(holder.principal, action);
        let resources = statements.iter().filter_map(|statement| statement.resources());
        let patterns = resources.filter(|list| !list.is_negated()).flat_map(Selection::patterns);
        patterns.filter_map(|pattern| pattern.source().as_known()).map(str::to_owned).collect()
    }
}

/// The region that a pattern names, if it names one, and a name that it matches, for resources of the form; `None`
/// where the pattern is of other resources.
fn example(pattern: &str, service: &str, form: &str) -> Option<(Option<String>, String)> {
    let mut parts = pattern.splitn(6, ':').skip(2);
    let (named, region, _, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let kind = form.splitn(3, ':').nth(2)?;
    let (before, after) = kind.split_once("{name}")?;
    let rest = resource.strip_prefix(before)?;
    if named != service || rest.contains("${") {
        return None;
    }
    let name = rest.strip_suffix(after).unwrap_or(rest).replace(['*', '?'], ANY_NAME);
    let is_known = !region.is_empty() && !region.contains(['*', '?', '$']);
    (!name.is_empty()).then(|| (is_known.then(|| region.to_owned()), name))
}

#[cfg(test)]
mod tests {
    use super::example;

    #[test]
    fn patterns_have_examples() {
        let form = "{region}:{account}:function:{name}";
        let pattern = "arn:aws:lambda:eu-west-1:123456789012:function:ci-*";
        assert_eq!(example(pattern, "lambda", form), Some((Some("eu-west-1".into()), "ci-x".into())));
        assert_eq!(example("arn:aws:lambda:*:*:function:?b", "lambda", form), Some((None, "xb".into())));
        assert_eq!(example(pattern, "glue", form), None);
        assert_eq!(example("arn:aws:lambda:*:*:layer:x", "lambda", form), None);
        assert_eq!(example("arn:aws:lambda:*:*:function:${aws:username}", "lambda", form), None);
        assert_eq!(example("*", "lambda", form), None);
        let task = "{region}:{account}:task-definition/{name}:1";
        let pattern = "arn:aws:ecs:*:1:task-definition/ci:*";
        assert_eq!(example(pattern, "ecs", task), Some((None, "ci:x".into())));
    }
}
