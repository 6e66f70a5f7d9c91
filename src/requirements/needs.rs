//! What the operations on one broker need, by its settings.

use super::set::ActionSet;
use crate::aws::Operation;
use crate::aws::requirements::{Requirement, Requirements, Task, When};
use crate::graph::{Broker, BrokerFacts, Encryption, Graph, State, Tags};
use crate::text::Truth;

/// What one task on one broker needs beside its own call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Needs {
    /// What the call fails without.
    pub(super) required: ActionSet,
    /// What it may fail without: nothing in the plan settles whether it is needed.
    pub(super) unsettled: ActionSet,
    /// What other sources list.
    pub(super) advised: ActionSet,
}

impl Needs {
    pub(super) fn all(self) -> ActionSet {
        self.required.or(self.unsettled).or(self.advised)
    }
}

/// What is done to a broker.
#[derive(Clone, Copy)]
pub(super) struct Doing<'a> {
    pub(super) graph: &'a Graph,
    /// What is known of the broker as it will be (as it is, where it is deleted).
    pub(super) facts: &'a BrokerFacts,
    /// What is known of it as it is now, where it exists.
    pub(super) before: Option<&'a BrokerFacts>,
    /// The state in which it is done.
    pub(super) state: State,
}

/// The task that an operation is.
pub(super) const fn task(operation: Operation) -> Task {
    match operation {
        Operation::Create => Task::Create,
        Operation::Reboot => Task::Reboot,
        Operation::Delete => Task::Delete,
    }
}

/// What the operations on a broker need in a state, in their order.
pub(super) fn of_broker(graph: &Graph, broker: &Broker, state: State) -> Option<[Needs; 3]> {
    let facts = broker.facts.get(state).as_ref()?;
    let doing = Doing { graph, facts, before: broker.facts.before.as_ref(), state };
    Some(Operation::ALL.map(|operation| doing.needs(task(operation), operation.action())))
}

impl Doing<'_> {
    /// What a task needs beside `own`, its own call.
    pub(super) fn needs(&self, task: Task, own: &str) -> Needs {
        let all = Requirements::shipped();
        let mut needs = Needs::default();
        for requirement in all.of(task) {
            let holds = self.holds(requirement);
            if holds.is_false() {
                continue;
            }
            for action in requirement.needs.iter().filter(|action| *action != own) {
                let Some(position) = all.position(action) else { continue };
                match (requirement.is_required(), holds) {
                    (true, Truth::True) => needs.required.insert(position),
                    (true, _) => needs.unsettled.insert(position),
                    // What is not certain and not required either is no news.
                    (false, Truth::True) => needs.advised.insert(position),
                    (false, _) => {}
                }
            }
        }
        needs.unsettled = needs.unsettled.without(needs.required);
        needs
    }

    /// Whether a requirement counts for the broker.
    pub(super) fn holds(&self, requirement: &Requirement) -> Truth {
        Truth::all(requirement.when.iter().map(|when| self.condition(*when)))
    }

    fn condition(&self, when: When) -> Truth {
        let settings = &self.facts.settings;
        match when {
            When::Activemq => self.is_engine("ActiveMQ"),
            When::Rabbitmq => self.is_engine("RabbitMQ"),
            When::Private => !settings.is_public,
            When::Tags => match &self.facts.tags {
                Tags::Known(tags) => Truth::from(!tags.is_empty()),
                Tags::Unknown(_) => Truth::Maybe,
            },
            When::SecurityGroups => settings.security_groups.is_any(),
            When::CustomerKey => match settings.encryption {
                Encryption::Aws => Truth::False,
                Encryption::Customer(_) => Truth::True,
                Encryption::Unknown(_) => Truth::Maybe,
            },
            When::Logs => logs(self.facts),
            When::LogsNewlyEnabled => match self.before {
                Some(before) => logs(self.facts).and(!logs(before)),
                None => Truth::False,
            },
            When::Replicated => settings.is_replicated,
            When::AssumedRole => settings.assumed_roles.is_any(),
            When::ServiceLinkedRoleAbsent => self.service_linked_role_absent(),
            When::ConfigurationChanges | When::AuthenticationChanges => {
                self.changes(|facts| &facts.settings.configuration)
            }
            When::SecurityGroupsChange => self.changes(|facts| &facts.settings.security_groups),
            // No version of the provider that a plan of today is made with has resource shares.
            When::ResourceSharesChange => Truth::False,
        }
    }

    fn changes<T: PartialEq>(&self, of: impl Fn(&BrokerFacts) -> &T) -> Truth {
        Truth::from(self.before.is_some_and(|before| of(before) != of(self.facts)))
    }

    fn is_engine(&self, name: &str) -> Truth {
        self.facts.engine.map_or(Truth::Maybe, |engine| Truth::from(engine == name))
    }

    /// The plan tells that it is there, or that the plan takes it away; else nothing does.
    fn service_linked_role_absent(&self) -> Truth {
        let account = self.facts.account.unmarked();
        let shown = |state| self.graph.service_linked_roles.get(state).contains(&account);
        if shown(self.state) {
            Truth::False
        } else if shown(State::Before) {
            Truth::True
        } else {
            Truth::Maybe
        }
    }
}

fn logs(facts: &BrokerFacts) -> Truth {
    facts.settings.general_logs.or(facts.settings.audit_logs)
}
