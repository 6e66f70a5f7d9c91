//! Calls of Amazon MQ on one broker, asked as the matrix asks them: with a further policy, or with keys fixed.

use super::calls::{Authority, Call, CallContext, Supposed};
use super::context::{Fact, Keys};
use super::layers::Layers;
use super::matrix::is_other_account;
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::graph::{BrokerFacts, State};
use crate::iam::{KeyName, KeyValue, PolicyLayers, Reason, Request, Verdict, explore};
use crate::text::{Text, Truth};

/// A call on a broker.
pub struct BrokerCall<'a> {
    /// The action (`mq:UpdateBroker`).
    pub action: &'a str,
    /// The operation whose request is built alike: on the same resource, with the same keys of the broker.
    pub like: Operation,
    /// Keys that are fixed for this question alone.
    pub fixed: &'a [(KeyName, KeyValue)],
}

impl Authority<'_> {
    /// The verdict on a call, with policies changed as supposed; `None` where the
    /// principal or the broker does not exist in that state.
    pub fn on_broker(
        &self,
        state: State,
        principal: usize,
        broker: usize,
        call: &BrokerCall<'_>,
        supposed: Supposed<'_>,
    ) -> Option<Verdict> {
        let facts = self.broker(state, broker)?;
        let elsewhere = is_other_account(self.account(state, principal, facts)?, &facts.account);
        if elsewhere.is_true() {
            return Some(Verdict::Denied);
        }
        let verdict = self.with_broker_request(
            state,
            principal,
            broker,
            call,
            supposed,
            |layers, request, context| explore(layers, request, context),
        )?;
        if elsewhere == Truth::Maybe && verdict != Verdict::Denied {
            let own = self.account(state, principal, facts)?.holes().next();
            let because = own.or_else(|| facts.account.holes().next()).cloned().map(Reason::Hole);
            return Some(Verdict::Unknown { because: because.into_iter().collect(), explored: true });
        }
        Some(verdict)
    }

    /// Gives `ask` the layers, the request and the context of a call, accounts aside.
    pub fn with_broker_request<T>(
        &self,
        state: State,
        principal: usize,
        broker: usize,
        call: &BrokerCall<'_>,
        supposed: Supposed<'_>,
        ask: impl FnOnce(&PolicyLayers<'_>, &Request, &CallContext<'_>) -> T,
    ) -> Option<T> {
        let facts = self.broker(state, broker)?;
        let keys = |name: &KeyName| {
            let fixed = call.fixed.iter().find(|(fixed, _)| fixed == name);
            fixed.map(|(_, value)| value.clone()).or_else(|| self.of_broker(call.like, facts, name))
        };
        let resource = match call.like.target() {
            Target::AnyResource => Text::from("*"),
            Target::Broker => facts.arn.clone(),
        };
        let single = Call { action: call.action, resource, keys: &keys };
        let graph = self.graph();
        let node = *graph.principals.get(principal)?;
        let own = graph.facts_in(node, state, &facts.account)?;
        let layers = Layers::in_account(graph, self.documents(), node, state, Some(own));
        Some(self.with_layers((graph.principal(node)?.kind, own), &layers, &single, supposed, ask))
    }

    /// What a request about a broker holds for a key, where that comes from the broker.
    pub(super) fn of_broker(&self, like: Operation, facts: &BrokerFacts, name: &KeyName) -> Option<KeyValue> {
        let keys = Keys::new([name], self.overrides());
        let (_, fact) = keys.of_broker(like, facts, [name]).pop()?;
        Some(match fact {
            Fact::Absent => KeyValue::Absent,
            Fact::One(text) => KeyValue::one(text),
            Fact::Many(texts) => KeyValue::list(texts),
            Fact::Unknown(hole) => KeyValue::Unknown(hole),
            Fact::Member(_) => return None,
        })
    }

    fn broker(&self, state: State, broker: usize) -> Option<&BrokerFacts> {
        let graph = self.graph();
        graph.broker(*graph.brokers.get(broker)?)?.facts.get(state).as_ref()
    }

    fn account(&self, state: State, principal: usize, broker: &BrokerFacts) -> Option<&Text> {
        let graph = self.graph();
        let facts = graph.facts_in(*graph.principals.get(principal)?, state, &broker.account)?;
        Some(&facts.account)
    }
}
