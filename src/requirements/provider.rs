//! The calls that Terraform's AWS provider makes for what a plan does to brokers and configurations.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::needs::Doing;
use crate::aws::requirements::{Requirements as Data, Task};
use crate::graph::{Broker, BrokerFacts, Graph, State, Tags};
use crate::plan::{Action, Mode, Plan, ResourceChange, Value};
use crate::text::{Text, Truth};

static DATA: &str = include_str!("data/provider_calls.json");

#[derive(Debug, Default, Deserialize)]
struct Provider {
    brokers: Brokers,
    configurations: Configurations,
}

#[derive(Debug, Default, Deserialize)]
struct Brokers {
    read: Vec<String>,
    read_users: Vec<String>,
    after_create: Vec<String>,
    after_delete: Vec<String>,
    look_up: Vec<String>,
    updates: Vec<Update>,
    users_reboot: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Configurations {
    read: Vec<String>,
    after_create: Vec<String>,
    updates: Vec<Update>,
}

/// Attributes that one call changes together.
#[derive(Debug, Deserialize)]
struct Update {
    attributes: Vec<String>,
    reboots: bool,
}

fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    // A test reads the data, which is part of the program: it cannot fail to parse at run time.
    PROVIDER.get_or_init(|| serde_json::from_str(DATA).unwrap_or_default())
}

/// What a call is about.
#[derive(Clone, Debug)]
pub(super) enum About<'a> {
    /// A broker, as it is known in one state.
    Broker(&'a BrokerFacts),
    /// A configuration: a broker's facts stand for where it lives, its ARN and its tags for itself.
    Configuration { arn: Text, tags: Tags },
}

/// A call that the plan's changes make.
#[derive(Clone, Debug)]
pub(super) struct Step<'a> {
    pub(super) action: &'static str,
    /// The resource whose change makes the call.
    pub(super) address: &'a str,
    /// What for: `create`, `read`, …
    pub(super) purpose: &'static str,
    /// Whether it is certain that the call is made.
    pub(super) needed: Truth,
    pub(super) about: About<'a>,
    /// The tags that the call sets or removes.
    pub(super) tags: Option<Tags>,
}

/// All calls of a plan, in the order of its changes.
pub(super) fn steps<'a>(plan: &'a Plan, graph: &'a Graph) -> Vec<Step<'a>> {
    let brokers: BTreeMap<&str, &Broker> = graph
        .brokers
        .iter()
        .filter_map(|&node| graph.broker(node))
        .map(|broker| (&*broker.id, broker))
        .collect();
    let mut steps = Vec::new();
    for change in &plan.resources {
        let mut calls = CallsOf { graph, change, steps: &mut steps };
        let broker = || brokers.get(&*change.address_text).copied();
        match (change.address.mode, &*change.address.kind) {
            (Mode::Data, "aws_mq_broker") => broker().into_iter().for_each(|broker| calls.look_up(broker)),
            (Mode::Managed, "aws_mq_broker") => broker().into_iter().for_each(|broker| calls.broker(broker)),
            (Mode::Managed, "aws_mq_configuration") => calls.configuration(),
            _ => {}
        }
    }
    steps
}

/// The calls that one change makes, added to those of the changes before it.
struct CallsOf<'a, 's> {
    graph: &'a Graph,
    change: &'a ResourceChange,
    steps: &'s mut Vec<Step<'a>>,
}

impl<'a> CallsOf<'a, '_> {
    fn push(&mut self, action: &'static str, purpose: &'static str, needed: Truth, about: About<'a>) {
        self.tagging(action, purpose, needed, about, None);
    }

    fn tagging(
        &mut self,
        action: &'static str,
        purpose: &'static str,
        needed: Truth,
        about: About<'a>,
        tags: Option<Tags>,
    ) {
        let address = &*self.change.address_text;
        let is_same = |step: &Step<'_>| {
            step.action == action && step.address == address && step.purpose == purpose && tags.is_none()
        };
        match self.steps.iter_mut().find(|step| is_same(step)) {
            Some(step) => step.needed = step.needed.or(needed),
            None => self.steps.push(Step { action, address, purpose, needed, about, tags }),
        }
    }

    fn look_up(&mut self, broker: &'a Broker) {
        if let Some(facts) = &broker.facts.after {
            for action in &provider().brokers.look_up {
                self.push(action, "look up", Truth::True, About::Broker(facts));
            }
            self.users(facts, "look up");
        }
    }

    fn broker(&mut self, broker: &'a Broker) {
        let calls = &provider().brokers;
        let (before, after) = (broker.facts.before.as_ref(), broker.facts.after.as_ref());
        if let Some(before) = before {
            for action in &calls.read {
                self.push(action, "read", Truth::True, About::Broker(before));
            }
            self.users(before, "read");
        }
        let is_replaced = self.change.action == Action::Replace;
        if let Some(before) = before.filter(|_| is_replaced || self.change.action == Action::Delete) {
            self.task(Task::Delete, "delete", before, State::Before, Truth::True);
            for action in &calls.after_delete {
                self.push(action, "delete", Truth::True, About::Broker(before));
            }
        }
        if let Some(after) = after.filter(|_| is_replaced || self.change.action == Action::Create) {
            self.task(Task::Create, "create", after, State::After, Truth::True);
            for action in &calls.after_create {
                self.push(action, "create", Truth::True, About::Broker(after));
            }
            self.users(after, "create");
        }
        if let (Some(before), Some(after), Action::Update) = (before, after, self.change.action) {
            self.update(before, after);
        }
    }

    /// `DescribeUser` for each user, whose names an `ActiveMQ` broker tells.
    fn users(&mut self, facts: &'a BrokerFacts, purpose: &'static str) {
        let needed = facts.engine.map_or(Truth::Maybe, |engine| Truth::from(engine == "ActiveMQ"));
        if !needed.is_false() {
            for action in &provider().brokers.read_users {
                self.push(action, purpose, needed, About::Broker(facts));
            }
        }
    }

    /// The calls of a task, its own and those that it needs.
    fn task(
        &mut self,
        task: Task,
        purpose: &'static str,
        facts: &'a BrokerFacts,
        state: State,
        certain: Truth,
    ) {
        let before = self.before_of(state);
        let doing = Doing { graph: self.graph, facts, before, state };
        for requirement in Data::shipped().of(task).iter().filter(|one| one.is_required()) {
            let needed = doing.holds(requirement).and(certain);
            if !needed.is_false() {
                for action in &requirement.needs {
                    self.push(action, purpose, needed, About::Broker(facts));
                }
            }
        }
    }

    /// The broker as it is now, for what changes.
    fn before_of(&self, state: State) -> Option<&'a BrokerFacts> {
        let brokers = self.graph.brokers.iter().filter_map(|&node| self.graph.broker(node));
        let mut same = brokers.filter(|broker| *broker.id == *self.change.address_text);
        same.next()?.facts.before.as_ref().filter(|_| state == State::After)
    }

    fn update(&mut self, before: &'a BrokerFacts, after: &'a BrokerFacts) {
        let calls = &provider().brokers;
        let mut reboots = Truth::False;
        for update in &calls.updates {
            let changes = Truth::any(update.attributes.iter().map(|name| self.changes(name)));
            if !changes.is_false() {
                self.task(Task::Update, "update", after, State::After, changes);
                reboots = reboots.or(changes.and(Truth::from(update.reboots)));
            }
        }
        let users = self.changed_users();
        for (task, changes) in users {
            if !changes.is_false() {
                self.task(task, "update", after, State::After, changes);
                reboots = reboots.or(changes.and(Truth::from(calls.users_reboot)));
            }
        }
        let immediately = match self.change.after.as_ref().map(|after| after.member("apply_immediately")) {
            Some(Value::Bool(value)) => Truth::from(*value),
            Some(Value::Unknown(_)) => Truth::Maybe,
            _ => Truth::False,
        };
        let reboots = reboots.and(immediately);
        if !reboots.is_false() {
            self.task(Task::Reboot, "update", after, State::After, reboots);
        }
        self.tags(&before.tags, &after.tags, &About::Broker(before));
    }

    fn changes(&self, name: &str) -> Truth {
        let (Some(before), Some(after)) = (&self.change.before, &self.change.after) else {
            return Truth::False;
        };
        changed(before.member(name), after.member(name))
    }

    /// Users that are added, removed and changed. Passwords are never read: where nothing else changes, one of them
    /// does.
    fn changed_users(&self) -> [(Task, Truth); 3] {
        let (Some(before), Some(after)) = (&self.change.before, &self.change.after) else {
            return [Task::CreateUser, Task::DeleteUser, Task::UpdateUser].map(|task| (task, Truth::False));
        };
        let (old, new) = (before.member("user"), after.member("user"));
        if let Value::Unknown(_) = new {
            return [Task::CreateUser, Task::DeleteUser, Task::UpdateUser].map(|task| (task, Truth::Maybe));
        }
        let name = |user: &Value| user.member("username").to_text().map(|name| name.unmarked());
        let names = |users: &Value| users.elements().iter().map(name).collect::<Vec<_>>();
        let (old_names, new_names) = (names(old), names(new));
        let added = new_names.iter().any(|name| !old_names.contains(name));
        let removed = old_names.iter().any(|name| !new_names.contains(name));
        let other = |user: &&Value| !old.elements().contains(user) && old_names.contains(&name(user));
        let updated = new.elements().iter().any(|user| other(&user)) || before == after;
        [(Task::CreateUser, added), (Task::DeleteUser, removed), (Task::UpdateUser, updated)]
            .map(|(task, changes)| (task, Truth::from(changes)))
    }

    /// `DeleteTags` for keys that go, `CreateTags` for tags that come or change.
    fn tags(&mut self, before: &Tags, after: &Tags, about: &About<'a>) {
        let (Tags::Known(old), Tags::Known(new)) = (before, after) else {
            if before != after {
                for action in ["mq:DeleteTags", "mq:CreateTags"] {
                    self.tagging(action, "tag", Truth::Maybe, about.clone(), Some(after.clone()));
                }
            }
            return;
        };
        let only = |tags: &BTreeMap<Text, Text>, keep: &dyn Fn(&Text, &Text) -> bool| {
            let kept = tags.iter().filter(|(key, value)| keep(key, value));
            kept.map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
        };
        let gone = only(old, &|key, _| !new.contains_key(key));
        let set = only(new, &|key, value| old.get(key) != Some(value));
        let call = |tags: BTreeMap<Text, Text>| (!tags.is_empty()).then_some(Tags::Known(tags));
        for (action, tags) in [("mq:DeleteTags", call(gone)), ("mq:CreateTags", call(set))] {
            if tags.is_some() {
                self.tagging(action, "tag", Truth::True, about.clone(), tags);
            }
        }
    }

    fn configuration(&mut self) {
        let calls = &provider().configurations;
        let about = |values: &Value| {
            let arn = values.member("arn").to_text();
            let arn = arn.unwrap_or_else(|| {
                let hole = crate::text::Hole::new(&*self.change.address_text, "arn", crate::text::Shape::ANY);
                Text::hole(hole)
            });
            About::Configuration { arn, tags: crate::graph::tags_of(self.change, values) }
        };
        let before = self.change.before.as_ref().map(about);
        let after = self.change.after.as_ref().map(about);
        if let Some(before) = &before {
            for action in &calls.read {
                self.push(action, "read", Truth::True, before.clone());
            }
        }
        let Some(after) = after else { return };
        let About::Configuration { tags, .. } = &after else { return };
        match (self.change.action, before) {
            (Action::Create | Action::Replace, _) => {
                self.push("mq:CreateConfiguration", "create", Truth::True, after.clone());
                let tagged = match tags {
                    Tags::Known(tags) => Truth::from(!tags.is_empty()),
                    Tags::Unknown(_) => Truth::Maybe,
                };
                if !tagged.is_false() {
                    self.push("mq:CreateTags", "create", tagged, after.clone());
                }
                for action in &calls.after_create {
                    self.push(action, "create", Truth::True, after.clone());
                }
            }
            (Action::Update, Some(before)) => {
                for update in &calls.updates {
                    let changes = Truth::any(update.attributes.iter().map(|name| self.changes(name)));
                    if !changes.is_false() {
                        self.push("mq:UpdateConfiguration", "update", changes, before.clone());
                    }
                }
                if let About::Configuration { tags: old, .. } = &before {
                    self.tags(old, tags, &before);
                }
            }
            _ => {}
        }
    }
}

/// Whether a value changes; one that is known only after apply perhaps does.
fn changed(before: &Value, after: &Value) -> Truth {
    if before == after {
        Truth::False
    } else if after.has_holes() {
        Truth::Maybe
    } else {
        let is_empty = |value: &Value| match value {
            Value::Null => true,
            Value::List(list) => list.is_empty(),
            _ => false,
        };
        Truth::from(!(is_empty(before) && is_empty(after)))
    }
}

#[cfg(test)]
mod tests {
    use super::{DATA, Provider, changed};
    use crate::aws::requirements::Requirements;
    use crate::plan::Value;
    use crate::text::{Hole, Shape, Truth};

    #[test]
    fn the_data_reads_and_names_known_actions() {
        let read: Provider = serde_json::from_str(DATA).unwrap();
        let brokers = &read.brokers;
        let lists = [&brokers.read, &brokers.read_users, &brokers.after_create, &brokers.look_up];
        let lists = lists.into_iter().chain([&read.configurations.read, &read.configurations.after_create]);
        for action in lists.flatten() {
            assert!(Requirements::shipped().check(action).is_some(), "{action}");
        }
        assert_eq!(brokers.updates.len(), 6);
    }

    #[test]
    fn what_is_known_after_apply_perhaps_changes() {
        let unknown = Value::Unknown(Hole::new("a.b", "c", Shape::ANY));
        assert_eq!(changed(&Value::Bool(true), &unknown), Truth::Maybe);
        assert_eq!(changed(&Value::Bool(true), &Value::Bool(false)), Truth::True);
        assert_eq!(changed(&Value::Null, &Value::List(vec![])), Truth::False);
    }
}
