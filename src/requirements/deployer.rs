//! Whether a principal can run the very plan: every call that its changes to brokers and configurations make.

use super::keys::Who;
use super::provider::{About, Step, steps};
use super::resources::place_of;
use super::{On, Requirements, State as Answer, is_of_key};
use crate::access::{Added, Callers};
use crate::aws::arn::{self, Place};
use crate::aws::requirements::{Check, Requirements as Data};
use crate::graph::{Principal, State};
use crate::plan::Plan;
use crate::text::{Hole, Text, Truth};

/// How sure it is that a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallState {
    /// It is made, and not allowed.
    Missing,
    /// It is allowed in one of the states before and after apply alone, so that the order of the changes decides.
    Changing,
    /// Whether it is made, or allowed, hangs on something that nothing tells, or on the request.
    Unresolved,
}

/// A call of the plan that the deployer may not make for certain.
#[derive(Clone, Debug)]
pub struct PlannedCall {
    /// The action.
    pub action: &'static str,
    /// The resource whose change makes the call.
    pub address: Box<str>,
    /// What for: `read`, `create`, `update`, `tag`, `delete`, `look up`.
    pub purpose: &'static str,
    /// How sure it is that it fails.
    pub state: CallState,
    /// The resources that it is checked on.
    pub resources: Vec<Text>,
    /// Condition keys of the service that the call holds, with their values.
    pub keys: Vec<(String, Text)>,
}

/// The principal that runs the plan, and what it lacks.
#[derive(Clone, Debug)]
pub struct Deployer {
    /// The principal, by its position in the graph.
    pub principal: usize,
    /// How many calls the plan makes for brokers and configurations.
    pub calls: usize,
    /// Those that are not certainly allowed, in the order of the plan's changes.
    pub problems: Vec<PlannedCall>,
}

impl Requirements<'_> {
    /// Decides every call that the plan's changes make, for the principal that runs it.
    pub fn deploy(&self, plan: &Plan, principal: usize) -> Option<Deployer> {
        let node = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let steps = steps(plan, self.graph);
        let actions: Vec<&str> = Data::shipped().actions().map(|(name, _)| name).collect();
        let exists = |state: &State| node.facts.get(*state).is_some();
        // What runs now has the policies of now; where it exists, those of after apply count as well, as they may
        // come into force while the plan runs.
        let answers: Vec<Vec<Answer>> = [State::Before, State::After]
            .into_iter()
            .filter(exists)
            .map(|state| {
                let groups = std::slice::from_ref(&actions);
                let policies = self.keys.policies();
                let callers =
                    Callers::of_groups(self.graph, self.matrix, self.overrides, state, groups, policies);
                let callers = callers.first();
                let ask = |step: &Step<'_>| {
                    callers.and_then(|callers| self.step(callers, node, principal, step, state))
                };
                steps.iter().map(|step| ask(step).unwrap_or(Answer::Unknown)).collect()
            })
            .collect();
        let problem = |(index, step): (usize, &Step<'_>)| {
            let of_states: Vec<Answer> = answers.iter().filter_map(|list| list.get(index).copied()).collect();
            self.problem(step, call_state(&of_states, step.needed)?)
        };
        let problems = steps.iter().enumerate().filter_map(problem).collect();
        Some(Deployer { principal, calls: steps.len(), problems })
    }

    fn step(
        &self,
        callers: &Callers<'_>,
        node: &Principal,
        principal: usize,
        step: &Step<'_>,
        state: State,
    ) -> Option<Answer> {
        let (check, position) = (Data::shipped().check(step.action)?, Data::shipped().position(step.action)?);
        let facts = node.facts.get(state).as_ref()?;
        about(step, |on| {
            if let About::Broker(broker) = step.about
                && broker.account.equals(&facts.account).is_false()
            {
                return Some(Answer::Denied);
            }
            callers.ask_one(principal, position, Added::default(), |asker| {
                if is_of_key(check) {
                    let who = Who { kind: node.kind, facts };
                    return self.each(step.action, check, on, &on.prepared(check), |call| {
                        self.keys.answer(asker, &who, call)
                    });
                }
                self.ask(asker, step.action, check, on)
            })
        })
    }

    fn problem(&self, step: &Step<'_>, state: CallState) -> Option<PlannedCall> {
        let check: &Check = Data::shipped().check(step.action)?;
        let (resources, keys) = about(step, |on| {
            let keys = self.context(step.action, check, on, &Text::from("*")).stated();
            (on.resources(check), keys)
        });
        Some(PlannedCall {
            action: step.action,
            address: step.address.into(),
            purpose: step.purpose,
            state,
            resources,
            keys,
        })
    }
}

/// Gives `ask` what a step is about.
fn about<T>(step: &Step<'_>, ask: impl FnOnce(On<'_>) -> T) -> T {
    let request = step.tags.as_ref();
    match &step.about {
        About::Broker(facts) => {
            let place = place_of(facts);
            ask(On { place: &place, broker: Some(facts), configuration: None, request })
        }
        About::Configuration { arn, tags } => {
            let place = place_of_arn(arn);
            ask(On { place: &place, broker: None, configuration: Some((arn, tags)), request })
        }
    }
}

/// How sure it is that a call fails, by its answers in the states in which the deployer exists.
fn call_state(answers: &[Answer], needed: Truth) -> Option<CallState> {
    let all = |wanted: Answer| answers.iter().all(|answer| *answer == wanted);
    if answers.is_empty() || all(Answer::Allowed) {
        None
    } else if !needed.is_true() {
        Some(CallState::Unresolved)
    } else if all(Answer::Denied) {
        Some(CallState::Missing)
    } else if answers.contains(&Answer::Denied) && answers.contains(&Answer::Allowed) {
        Some(CallState::Changing)
    } else {
        Some(CallState::Unresolved)
    }
}

fn place_of_arn(arn: &Text) -> Place {
    match arn::split(arn) {
        Some([_, partition, _, region, account, _]) => Place { partition, region, account },
        None => Place {
            partition: Text::hole(Hole::partition()),
            region: Text::hole(Hole::region("of the configuration")),
            account: Text::hole(Hole::account()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, CallState, call_state};
    use crate::text::Truth;

    #[test]
    fn a_call_fails_for_certain_only_where_it_does_before_and_after() {
        use Answer::{Allowed, Conditional, Denied};
        assert_eq!(call_state(&[Denied], Truth::True), Some(CallState::Missing));
        assert_eq!(call_state(&[Denied, Denied], Truth::True), Some(CallState::Missing));
        assert_eq!(call_state(&[Denied, Allowed], Truth::True), Some(CallState::Changing));
        assert_eq!(call_state(&[Conditional], Truth::True), Some(CallState::Unresolved));
        assert_eq!(call_state(&[Denied], Truth::Maybe), Some(CallState::Unresolved));
        assert_eq!(call_state(&[Allowed, Allowed], Truth::True), None);
    }
}
