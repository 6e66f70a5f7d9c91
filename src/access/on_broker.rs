//! Calls of Amazon MQ on one broker, asked as the matrix asks them: with a further policy, or with keys fixed.

use super::alike::Alike;
use super::calls::{Authority, Call, CallContext, Supposed};
use super::context::Keys;
use super::facts::Fact;
use super::layers::Layers;
use super::matrix::is_other_account;
use crate::aws::Operation;
use crate::aws::operations::Target;
use crate::graph::{BrokerFacts, PrincipalFacts, PrincipalKind, State};
use crate::hash::HashMap;
use crate::iam::{KeyName, KeyValue, PolicyDocument, PolicyLayers, Reason, Request, Verdict, explore};
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
        let account = self.account(state, principal, facts)?;
        if is_other_account(account, &facts.account).is_true() {
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
        Some(across_accounts(account, &facts.account, verdict))
    }

    /// The verdicts on an operation on several brokers, for a principal with other layers than those of the plan and
    /// further identity policies; by position of the broker. Calls that differ in nothing that a policy looks at are
    /// decided once.
    pub fn on_each_broker(
        &self,
        state: State,
        principal: usize,
        operation: Operation,
        brokers: impl IntoIterator<Item = usize>,
        (layers, further): (&Layers, &[&PolicyDocument]),
    ) -> Vec<(usize, Verdict)> {
        let graph = self.graph();
        let Some(&node) = graph.principals.get(principal) else { return Vec::new() };
        let Some(kind) = graph.principal(node).map(|principal| principal.kind) else { return Vec::new() };
        // In most plans a principal is the same to all brokers.
        let mut by_facts: Vec<(&PrincipalFacts, Vec<(usize, &BrokerFacts)>)> = Vec::new();
        for broker in brokers {
            let Some(facts) = self.broker(state, broker) else { continue };
            let Some(own) = graph.facts_in(node, state, &facts.account) else { continue };
            match by_facts.iter_mut().find(|(known, _)| std::ptr::eq(*known, own)) {
                Some((_, list)) => list.push((broker, facts)),
                None => by_facts.push((own, vec![(broker, facts)])),
            }
        }
        let mut found = Vec::new();
        for (own, brokers) in by_facts {
            let facts = brokers.iter().map(|(_, facts)| *facts);
            let verdicts = self.on_facts((kind, own), operation, facts, (layers, further));
            found.extend(brokers.iter().map(|(broker, _)| *broker).zip(verdicts));
        }
        found
    }

    /// The verdicts on an operation on brokers with these facts, each in its turn, for somebody with these facts, these
    /// layers and further identity policies.
    pub(super) fn on_facts<'b>(
        &self,
        (kind, own): (PrincipalKind, &PrincipalFacts),
        operation: Operation,
        brokers: impl IntoIterator<Item = &'b BrokerFacts>,
        (layers, further): (&Layers, &[&PolicyDocument]),
    ) -> Vec<Verdict> {
        self.with_excerpts((kind, own), layers, operation, further, |asker| {
            let concerned = asker.concerned_by(operation.action());
            let mut known: HashMap<Alike, Verdict> = HashMap::default();
            let verdict = |facts: &BrokerFacts| {
                let keys = |name: &KeyName| value(asker.keys.fact_of_broker(operation, facts, name)?);
                let call = Call {
                    action: operation.action(),
                    resource: resource(operation, facts).into(),
                    keys: &keys,
                };
                let verdict = match concerned.alike(&call) {
                    Some(alike) => known.entry(alike).or_insert_with(|| asker.verdict(&call)).clone(),
                    None => asker.verdict(&call),
                };
                across_accounts(&own.account, &facts.account, verdict)
            };
            brokers.into_iter().map(verdict).collect()
        })
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
        let single = Call { action: call.action, resource: resource(call.like, facts).into(), keys: &keys };
        let graph = self.graph();
        let node = *graph.principals.get(principal)?;
        let own = graph.facts_in(node, state, &facts.account)?;
        let layers = Layers::in_account(graph, self.documents(), node, state, Some(own));
        Some(self.with_layers((graph.principal(node)?.kind, own), &layers, &single, supposed, ask))
    }

    /// What a request about a broker holds for a key, where that comes from the broker.
    pub(super) fn of_broker(&self, like: Operation, facts: &BrokerFacts, name: &KeyName) -> Option<KeyValue> {
        let keys = Keys::new([name], self.overrides());
        value(keys.fact_of_broker(like, facts, name)?)
    }

    pub(super) fn broker(&self, state: State, broker: usize) -> Option<&BrokerFacts> {
        let graph = self.graph();
        graph.broker(*graph.brokers.get(broker)?)?.facts.get(state).as_ref()
    }

    fn account(&self, state: State, principal: usize, broker: &BrokerFacts) -> Option<&Text> {
        let graph = self.graph();
        let facts = graph.facts_in(*graph.principals.get(principal)?, state, &broker.account)?;
        Some(&facts.account)
    }
}

/// The resource that an operation on a broker is checked on.
pub(super) fn resource(operation: Operation, broker: &BrokerFacts) -> Text {
    match operation.target() {
        Target::AnyResource => Text::from("*"),
        Target::Broker => broker.arn.clone(),
    }
}

/// What a fact of a broker is in a request.
pub(super) fn value(fact: Fact) -> Option<KeyValue> {
    Some(match fact {
        Fact::Absent => KeyValue::Absent,
        Fact::One(text) => KeyValue::one(text),
        Fact::Many(texts) => KeyValue::list(texts),
        Fact::Unknown(hole) => KeyValue::Unknown(hole),
        Fact::Member(_) | Fact::Session(_) => return None,
    })
}

/// The verdict of a principal's policies, where the broker may be in another account.
fn across_accounts(principal: &Text, broker: &Text, verdict: Verdict) -> Verdict {
    match is_other_account(principal, broker) {
        Truth::True => Verdict::Denied,
        Truth::Maybe if verdict != Verdict::Denied => {
            let hole = principal.holes().next().or_else(|| broker.holes().next());
            let because = hole.cloned().map(Reason::Hole).into_iter().collect();
            Verdict::Unknown { because, explored: true }
        }
        _ => verdict,
    }
}
