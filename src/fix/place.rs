//! Where a suggestion is to stand, and how the configuration there names things.

use std::collections::BTreeMap;

use super::hcl;
use crate::completion;
use crate::graph::{Broker, Principal, PrincipalKind};
use crate::plan::{
    Action, Address, Configuration, Expression, Key, Mode, Module, ModuleStep, Plan, ResourceChange,
};
use crate::text::{Hole, Piece, Text};

/// A module of the configuration, seen from where principals and brokers are named.
pub struct Place<'p> {
    pub(super) plan: &'p Plan,
    /// The module that the suggestion stands in; empty for the root module.
    pub(super) module: Vec<ModuleStep>,
    /// Whole texts that have a name here: ARNs of brokers.
    named: BTreeMap<Text, String>,
    /// What the principal is called, and what that is for its kind: its name, or its ARN.
    target: Option<String>,
    pub(super) kind: PrincipalKind,
    pub(super) principal: Box<str>,
    /// A data source of the module that tells the account.
    account: Option<String>,
    /// Whether an account that nothing tells may stand as `*`: in what is new, not in what is written again.
    any_account: bool,
    /// Values that are not reached by a reference from here, and stand as patterns.
    pub(super) patterns: Vec<Box<str>>,
}

impl<'p> Place<'p> {
    /// The place for a policy of `principal` about `brokers`: the module that they all stand in, if it is there once,
    /// else the root module.
    pub fn new(plan: &'p Plan, principal: &Principal, brokers: &[&Broker]) -> Self {
        let address = Address::parse(&principal.id);
        let addresses: Vec<Address> =
            brokers.iter().filter_map(|broker| Address::parse(&broker.id)).collect();
        let mut modules = address.iter().chain(&addresses).map(|address| &address.module);
        let common = modules.next().filter(|first| modules.all(|module| module == *first));
        let module =
            common.filter(|module| is_single(&plan.configuration, module)).cloned().unwrap_or_default();
        let mut place = Self {
            plan,
            target: None,
            named: BTreeMap::new(),
            kind: principal.kind,
            principal: principal.id.clone(),
            account: None,
            any_account: true,
            patterns: Vec::new(),
            module,
        };
        place.account = place.data("aws_caller_identity").map(|data| format!("{data}.account_id"));
        place.target = place.target_of(principal, address.as_ref());
        for broker in brokers {
            let Some(facts) = broker.facts.after.as_ref().or(broker.facts.before.as_ref()) else { continue };
            let reference = Address::parse(&broker.id).and_then(|address| place.reference(&address, "arn"));
            if let Some(reference) = reference {
                place.named.insert(facts.arn.unmarked(), reference);
            } else if let Some(pattern) = place.pattern(&facts.arn) {
                place.patterns.push(broker.id.clone());
                place.named.insert(facts.arn.unmarked(), pattern);
            }
        }
        place
    }

    /// A place within the module of an address, for a change of what stands there; `None` where it stands in the source
    /// once and in the plan several times, so that the change would be one of all.
    pub fn of(plan: &'p Plan, address: &Address, principal: &Principal) -> Option<Self> {
        if address.key.is_some() || !is_single(&plan.configuration, &address.module) {
            return None;
        }
        let mut place = Self::new(plan, principal, &[]);
        place.module.clone_from(&address.module);
        place.account = place.data("aws_caller_identity").map(|data| format!("{data}.account_id"));
        place.any_account = false;
        for resource in &plan.resources {
            for attribute in ["arn", "name"] {
                let value = resource.after.as_ref().and_then(|after| after.member(attribute).to_text());
                let is_told = |text: &Text| {
                    let is_broker = &*resource.address.kind == "aws_mq_broker" && attribute == "arn";
                    (is_broker || !text.is_known()) && !text.is_sensitive()
                };
                if let Some(text) = value.filter(is_told)
                    && let Some(reference) = place.reference(&resource.address, attribute)
                {
                    place.named.entry(text).or_insert(reference);
                }
            }
        }
        Some(place)
    }

    /// Names these ARNs by the resources that have them, where a reference reaches those.
    pub fn name<'t>(&mut self, arns: impl IntoIterator<Item = (&'t Text, &'t str)>) {
        for (arn, id) in arns {
            if let Some(reference) = Address::parse(id).and_then(|address| self.reference(&address, "arn")) {
                self.named.entry(arn.unmarked()).or_insert(reference);
            }
        }
    }

    /// Writes those of these ARNs of brokers as patterns that no reference reaches, in what is new there.
    pub fn name_by_patterns<'t>(&mut self, arns: impl IntoIterator<Item = &'t Text>) {
        self.any_account = true;
        for arn in arns {
            if !self.named.contains_key(&arn.unmarked())
                && let Some(pattern) = self.pattern(arn)
            {
                self.named.insert(arn.unmarked(), pattern);
            }
        }
    }

    /// A pattern of an ARN that can be written here: wildcards stand for what has no name.
    pub fn opened(&self, arn: &Text) -> Text {
        if arn.is_sensitive() || self.named.contains_key(&arn.unmarked()) {
            return arn.clone();
        }
        let mut opened = Text::builder();
        for piece in arn.pieces() {
            match piece {
                Piece::Hole(hole) if self.hole(hole).is_none() => opened.push_str("*"),
                piece => opened.push_piece(piece),
            };
        }
        opened.finish().mark_sensitive(arn.is_sensitive())
    }

    /// How many values of the plan in a text have no name here.
    pub fn unnamed(&self, text: &Text) -> usize {
        let is_named = |hole: &&Hole| hole.address().is_empty() || self.hole(hole).is_some();
        if self.named.contains_key(&text.unmarked()) {
            0
        } else {
            text.holes().filter(|hole| !is_named(hole)).count()
        }
    }

    /// Whether policies can be given to the principal from here.
    pub fn has_target(&self) -> bool {
        self.target.is_some()
    }

    /// The module as messages name it.
    pub(super) fn title(&self) -> String {
        if self.module.is_empty() {
            return "the root module".into();
        }
        let steps = self.module.iter().map(|step| match &step.key {
            Some(key) => format!("module.{}{key}", step.name),
            None => format!("module.{}", step.name),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    /// The role whose `inline_policy` blocks are all the inline policies that it has, so that a policy of another resource
    /// would be removed; `None` for principals without such blocks.
    pub(super) fn exclusive(&self) -> Option<Address> {
        let address = Address::parse(&self.principal)?;
        let resource =
            self.plan.resources.iter().find(|resource| *resource.address_text == *self.principal)?;
        let configured = completion::is_configured(&self.plan.configuration, &address, "inline_policy");
        // What the plan creates has in it what its block says.
        let is_new = matches!(resource.action, Action::Create | Action::Replace);
        let has_blocks =
            resource.after.as_ref().is_some_and(|after| !after.member("inline_policy").elements().is_empty());
        (configured || (is_new && has_blocks)).then_some(address)
    }

    /// The list that takes away what it does not name: of the principal's inline policies, or of those attached to it; its
    /// address, and the argument that lists them.
    pub(super) fn exclusive_list(&self, attached: bool) -> Option<(&'p str, &'static str)> {
        let (kind, target) = match (self.kind, attached) {
            (PrincipalKind::Role, false) => ("aws_iam_role_policies_exclusive", "role_name"),
            (PrincipalKind::Role, true) => ("aws_iam_role_policy_attachments_exclusive", "role_name"),
            (PrincipalKind::User, false) => ("aws_iam_user_policies_exclusive", "user_name"),
            (PrincipalKind::User, true) => ("aws_iam_user_policy_attachments_exclusive", "user_name"),
            (PrincipalKind::Group, false) => ("aws_iam_group_policies_exclusive", "group_name"),
            (PrincipalKind::Group, true) => ("aws_iam_group_policy_attachments_exclusive", "group_name"),
            (PrincipalKind::PermissionSet, _) => return None,
        };
        let after =
            |resource: &'p ResourceChange, name: &str| resource.after.as_ref()?.member(name).to_text();
        let own = self.plan.resources.iter().find(|one| *one.address_text == *self.principal);
        let name = match own {
            Some(resource) => after(resource, "name"),
            None => self.principal.rsplit_once('/').map(|(_, name)| Text::from(name)),
        }?;
        let mut resources = self.plan.resources.iter();
        let list = resources
            .find(|list| *list.address.kind == *kind && after(list, target).as_ref() == Some(&name))?;
        let argument = if attached { "policy_arns" } else { "policy_names" };
        Some((&list.address_text, argument))
    }

    /// What the principal's policies name it by, as an expression.
    pub(super) fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// How a text is written here; `None` where it cannot be: it is sensitive, or hangs on what has no name here.
    pub(super) fn write(&self, text: &Text) -> Option<String> {
        if !self.named.is_empty()
            && let Some(name) = self.named.get(&text.unmarked())
        {
            return Some(name.clone());
        }
        if text.is_sensitive() {
            return None;
        }
        hcl::template(text, |hole| self.hole(hole))
    }

    fn hole(&self, hole: &Hole) -> Option<String> {
        if hole.is_account() {
            // In an ARN, any account does: nobody reaches what another account holds.
            return self.account.clone().or_else(|| self.any_account.then(|| "\"*\"".into()));
        }
        if hole.expression().is_some() || !hcl::is_name(hole.attribute()) {
            return None;
        }
        // A hole may be a part of the attribute that it is named after: the end of a name with a prefix.
        let resource =
            self.plan.resources.iter().find(|resource| *resource.address_text == *hole.address())?;
        let value = resource.after.as_ref()?.member(hole.attribute()).to_text()?;
        (value.as_hole() == Some(hole)).then(|| self.reference(&resource.address, hole.attribute())).flatten()
    }

    /// An attribute of a resource as an expression: a reference within the module, an output of a module below.
    fn reference(&self, address: &Address, attribute: &str) -> Option<String> {
        let below = address.module.strip_prefix(self.module.as_slice())?;
        let own = format!("{}.{attribute}", block(address));
        let Some((step, deeper)) = below.split_first() else { return Some(own) };
        let here = module(&self.plan.configuration, &self.module)?;
        let output = exposed(here, step, deeper, &own)?;
        Some(format!("module.{}{}.{output}", step.name, key(step.key.as_ref())))
    }

    /// An ARN without what is known only after apply. The name of a broker is one of a kind within its account and
    /// region.
    fn pattern(&self, arn: &Text) -> Option<String> {
        let mut open = Text::builder();
        let last = arn.holes().last()?;
        for piece in arn.unmarked().pieces() {
            match piece {
                Piece::Hole(hole) if hole == last => open.push_str("*"),
                piece => open.push_piece(piece),
            };
        }
        let open = open.finish();
        (!arn.is_sensitive() && open.holes().all(|hole| *hole == Hole::account()))
            .then(|| hcl::template(&open, |hole| self.hole(hole)))
            .flatten()
    }

    fn target_of(&self, principal: &Principal, address: Option<&Address>) -> Option<String> {
        let facts = principal.facts.after.as_ref()?;
        let attribute = if principal.kind == PrincipalKind::PermissionSet { "arn" } else { "name" };
        let reference = address.and_then(|address| self.reference(address, attribute));
        let literal = || {
            let known = facts.name.as_known().filter(|_| !facts.name.is_sensitive());
            known.filter(|_| principal.kind != PrincipalKind::PermissionSet).map(hcl::quoted)
        };
        reference.or_else(literal)
    }

    /// A data source of the module that is there once.
    fn data(&self, kind: &str) -> Option<String> {
        let here = module(&self.plan.configuration, &self.module)?;
        let prefix = format!("data.{kind}.");
        here.resources
            .iter()
            .find(|(name, config)| {
                name.starts_with(&prefix) && config.for_each.is_none() && config.count.is_none()
            })
            .map(|(name, _)| name.to_string())
    }
}

/// The configuration of the module that a path of calls leads to.
fn module<'c>(configuration: &'c Configuration, path: &[ModuleStep]) -> Option<&'c Module> {
    path.iter().try_fold(&configuration.root, |module, step| Some(&module.calls.get(&step.name)?.module))
}

/// The output of the module that `step` calls which gives `wanted`, an attribute of a resource in the module that
/// `deeper` leads to from there.
fn exposed(caller: &Module, step: &ModuleStep, deeper: &[ModuleStep], wanted: &str) -> Option<String> {
    let inner = &caller.calls.get(&step.name)?.module;
    let wanted = match deeper.split_first() {
        None => wanted.to_owned(),
        Some((next, rest)) => {
            let output = exposed(inner, next, rest, wanted)?;
            format!("module.{}{}.{output}", next.name, key(next.key.as_ref()))
        }
    };
    let gives = |expression: &Expression| match expression {
        // A reference comes with its prefixes, and nothing else stands in the expression.
        Expression::References(references) => references.split_first().is_some_and(|(first, rest)| {
            **first == *wanted && rest.iter().all(|prefix| wanted.starts_with(&**prefix))
        }),
        _ => false,
    };
    inner.outputs.iter().find(|(_, expression)| gives(expression)).map(|(name, _)| name.to_string())
}

/// Whether a module stands in the plan once, so that what is written into it has no copies.
pub(super) fn is_single(configuration: &Configuration, path: &[ModuleStep]) -> bool {
    let mut here = &configuration.root;
    for step in path {
        let Some(call) = here.calls.get(&step.name) else { return false };
        let uses = sources(&configuration.root, &call.source);
        if step.key.is_some() || uses != 1 {
            return false;
        }
        here = &call.module;
    }
    true
}

/// How many calls have this source.
fn sources(module: &Module, source: &str) -> usize {
    module.calls.values().fold(0usize, |count, call| {
        let own = usize::from(&*call.source == source);
        count.saturating_add(own).saturating_add(sources(&call.module, source))
    })
}

/// The address of a resource within its module, as an expression.
fn block(address: &Address) -> String {
    let data = if address.mode == Mode::Data { "data." } else { "" };
    format!("{data}{}.{}{}", address.kind, address.name, key(address.key.as_ref()))
}

fn key(key: Option<&Key>) -> String {
    match key {
        None => String::new(),
        Some(Key::Index(index)) => format!("[{index}]"),
        Some(Key::Name(name)) => format!("[{}]", hcl::quoted(name)),
    }
}
