//! Single calls of any service, decided for one principal by the same layers and the same engine as the matrix.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::callers::Callers;
use super::context::{KeyRule, Keys, table};
use super::excerpts::Excerpts;
use super::layers::{Documents, Layers};
use super::matrix::Matrix;
use super::overrides::Overrides;
use super::perhaps::Perhaps;
use crate::aws::Operation;
use crate::graph::{Graph, PrincipalFacts, PrincipalKind, State};
use crate::iam::Requester;
use crate::iam::{
    Context, ContextTable, Decision, KeyName, KeyState, KeyValue, PolicyDocument, PolicyLayers, Request,
    Statement, Subject, Verdict, decide, explore,
};
use crate::text::Text;

/// A call that a principal makes.
pub struct Call<'a> {
    /// The action (`ec2:CreateNetworkInterface`).
    pub action: &'a str,
    /// The resource that it is authorized on: an ARN, or `*` for an action without resource types.
    pub resource: Subject,
    /// What the call says of a condition key. `None` leaves the key to the principal, to the nature of a direct call,
    /// and to the caller's free choice, as for calls of Amazon MQ; keys of other services, and of the resource, are
    /// then absent.
    pub keys: &'a dyn Fn(&KeyName) -> Option<KeyValue>,
}

/// Documents that are supposed beside those of a principal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Added<'d> {
    /// Identity policies.
    pub identity: &'d [&'d PolicyDocument],
    /// Documents whose statements every permissions boundary has too.
    pub boundaries: &'d [&'d PolicyDocument],
}

/// Policies that are supposed to be other than the plan has them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Supposed<'d> {
    /// Documents beside those that the principal has.
    pub added: Added<'d>,
    /// A document, by its number, and what stands in its place.
    pub instead: Option<(usize, &'d PolicyDocument)>,
    /// The policies that bear on the principal, in place of those of the plan.
    pub layers: Option<&'d Layers>,
    /// The trust policy of the role that is called for, and who calls.
    pub trust: Option<(&'d PolicyDocument, &'d Requester)>,
}

impl<'d> From<Added<'d>> for Supposed<'d> {
    fn from(added: Added<'d>) -> Self {
        Self { added, ..Self::default() }
    }
}

impl<'d> Supposed<'d> {
    fn change(self, layers: &mut PolicyLayers<'d>, documents: &'d [PolicyDocument]) {
        if let Some((number, other)) = self.instead
            && let Some(replaced) = documents.get(number)
        {
            let all = layers.identity.iter_mut().chain(layers.boundaries.iter_mut().flatten());
            for document in all.filter(|document| std::ptr::eq(**document, replaced)) {
                *document = other;
            }
        }
        layers.identity.extend(self.added.identity.iter().copied());
        for boundary in &mut layers.boundaries {
            boundary.extend(self.added.boundaries.iter().copied());
        }
        layers.trust = self.trust.map(|(document, _)| vec![document]);
    }
}

/// Decides single calls of the principals of a graph.
pub struct Authority<'g> {
    graph: &'g Graph,
    matrix: &'g Matrix,
    overrides: &'g Overrides,
    /// What the documents say of the operations, once it is asked for, with every key that they look at.
    of_operations: OnceLock<(Excerpts, Keys)>,
}

impl<'g> Authority<'g> {
    /// Decides by the documents that the matrix has compiled.
    pub fn new(graph: &'g Graph, matrix: &'g Matrix, overrides: &'g Overrides) -> Self {
        Self { graph, matrix, overrides, of_operations: OnceLock::new() }
    }

    /// The policy layers of a principal, by its position in the graph's list; `None` where it does not exist in that
    /// state.
    pub fn layers(&self, state: State, principal: usize) -> Option<&'g Layers> {
        self.matrix.layers(state, principal)
    }

    /// The principals of a state, to be asked about calls of these actions again and again. `further` are policies of
    /// resources that will be asked beside the principals'.
    pub fn callers<'a>(
        &self,
        state: State,
        actions: Vec<&str>,
        further: impl IntoIterator<Item = &'a PolicyDocument>,
    ) -> Option<Callers<'g>> {
        Callers::of_groups(self.graph, self.matrix, self.overrides, state, &[actions], further).pop()
    }

    /// The verdict on a call, over everything that only the request brings; `None` where the principal does not exist
    /// in that state.
    pub fn verdict(&self, state: State, principal: usize, call: &Call<'_>) -> Option<Verdict> {
        self.with_request(state, principal, call, |layers, request, context| {
            explore(layers, request, context)
        })
    }

    /// Whether a call is allowed and denied, with what only the request brings left open.
    pub fn decision(&self, state: State, principal: usize, call: &Call<'_>) -> Option<Decision> {
        self.with_request(state, principal, call, |layers, request, context| decide(layers, request, context))
    }

    /// Gives `ask` the layers, the request and the context of a call.
    pub fn with_request<T>(
        &self,
        state: State,
        principal: usize,
        call: &Call<'_>,
        ask: impl FnOnce(&PolicyLayers<'_>, &Request, &CallContext<'_>) -> T,
    ) -> Option<T> {
        self.supposing(state, principal, call, Supposed::default(), ask)
    }

    /// As [`Authority::with_request`], with policies changed.
    pub fn supposing<T>(
        &self,
        state: State,
        principal: usize,
        call: &Call<'_>,
        supposed: Supposed<'_>,
        ask: impl FnOnce(&PolicyLayers<'_>, &Request, &CallContext<'_>) -> T,
    ) -> Option<T> {
        let of_plan = self.matrix.layers(state, principal)?;
        let principal = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = principal.facts.get(state).as_ref()?;
        let layers = supposed.layers.unwrap_or(of_plan);
        Some(self.with_layers((principal.kind, facts), layers, call, supposed, ask))
    }

    /// Gives `ask` a principal that may be asked about several calls, with policies changed. `further` are policies of
    /// resources that are asked beside its own.
    pub fn with_asker<'d, T>(
        &self,
        state: State,
        principal: usize,
        supposed: Supposed<'_>,
        further: impl IntoIterator<Item = &'d PolicyDocument>,
        ask: impl FnOnce(&Asker<'_>) -> T,
    ) -> Option<T> {
        let of_plan = self.matrix.layers(state, principal)?;
        let principal = self.graph.principal(*self.graph.principals.get(principal)?)?;
        let facts = principal.facts.get(state).as_ref()?;
        let layers = supposed.layers.unwrap_or(of_plan);
        let further = further.into_iter().flat_map(PolicyDocument::statements);
        let further: Vec<KeyName> = further.flat_map(Statement::condition_keys).cloned().collect();
        Some(self.with_documents((principal.kind, facts), layers, supposed, &further, ask))
    }

    /// Gives `ask` somebody with these facts and these layers, with policies changed; `further` are keys that are looked
    /// at beside those of the policies.
    fn with_documents<T>(
        &self,
        (kind, facts): (PrincipalKind, &PrincipalFacts),
        layers: &Layers,
        supposed: Supposed<'_>,
        further: &[KeyName],
        ask: impl FnOnce(&Asker<'_>) -> T,
    ) -> T {
        put_together(self.matrix.all_compiled(), layers, supposed, further, |layers, names| {
            let keys = Keys::new(names.iter().copied(), self.overrides);
            let of_principal = keys.of_principal(kind, facts, names.iter().copied());
            let caller = supposed.trust.map(|(_, caller)| caller.clone());
            ask(&Asker { layers, names, keys: &keys, principal: table(&of_principal), caller })
        })
    }

    /// Gives `ask` the request and the context of a call, for a principal with these facts and these layers.
    pub(super) fn with_layers<T>(
        &self,
        (kind, facts): (PrincipalKind, &PrincipalFacts),
        layers: &Layers,
        call: &Call<'_>,
        supposed: Supposed<'_>,
        ask: impl FnOnce(&PolicyLayers<'_>, &Request, &CallContext<'_>) -> T,
    ) -> T {
        self.with_documents((kind, facts), layers, supposed, &[], |asker| asker.with_request(call, ask))
    }

    /// Gives `ask` somebody with these facts, these layers and further identity policies, who may be asked about calls
    /// of the operation.
    pub(super) fn with_excerpts<T>(
        &self,
        (kind, facts): (PrincipalKind, &PrincipalFacts),
        layers: &Layers,
        operation: Operation,
        further: &[&PolicyDocument],
        ask: impl FnOnce(&Asker<'_>) -> T,
    ) -> T {
        let (excerpts, keys) = self.of_operations();
        let layers = excerpts.cut(layers, operation.index());
        let added = Added { identity: further, ..Added::default() };
        put_together(excerpts.all(), &layers, added.into(), &[], |layers, names| {
            let own = own_keys(keys, &names, self.overrides);
            let keys = own.as_ref().unwrap_or(keys);
            let of_principal = keys.of_principal(kind, facts, names.iter().copied());
            ask(&Asker { layers, names, keys, principal: table(&of_principal), caller: None })
        })
    }

    /// Gets ready for being asked about operations by several threads at once. Whoever asks on one of the pool's threads
    /// has this done before: it works on the pool itself, and a thread that waits there may be given the next question,
    /// which would wait for the answer that it is itself about to give.
    pub fn prepare(&self) {
        self.of_operations();
    }

    fn of_operations(&self) -> &(Excerpts, Keys) {
        self.of_operations.get_or_init(|| {
            let request = |operation: Operation| Request::new(operation.action(), Text::from("*"));
            let excerpts = Excerpts::new(self.matrix.all_compiled(), &Operation::ALL.map(request));
            let statements = excerpts.all().iter().flat_map(PolicyDocument::statements);
            let keys = Keys::new(statements.flat_map(Statement::condition_keys), self.overrides);
            (excerpts, keys)
        })
    }

    pub(super) fn documents(&self) -> &'g Documents {
        self.matrix.documents()
    }

    /// The verdict on a call that somebody from outside makes, which a trust policy alone decides.
    pub fn outsider(&self, trust: &PolicyDocument, caller: Requester, call: &Call<'_>) -> Verdict {
        let layers = PolicyLayers { identity: vec![trust], ..PolicyLayers::default() };
        let names = names(&layers);
        let keys = Keys::new(names.iter().copied(), self.overrides);
        let anybody = table(&keys.of_anybody(names.iter().copied()));
        let context = CallContext { own: keys_of_call(call, &names), principal: &anybody, keys: &keys };
        explore(&layers, &Request::on(call.action, call.resource.clone()).by(caller), &context)
    }

    pub(super) fn graph(&self) -> &'g Graph {
        self.graph
    }

    pub(super) fn overrides(&self) -> &'g Overrides {
        self.overrides
    }
}

/// Gives `use_layers` the documents of `layers`, with policies changed, and the condition keys that they look at;
/// `further` keys are among these.
pub(super) fn put_together<T>(
    documents: &[PolicyDocument],
    layers: &Layers,
    supposed: Supposed<'_>,
    further: &[KeyName],
    use_layers: impl for<'a> FnOnce(PolicyLayers<'a>, Vec<&'a KeyName>) -> T,
) -> T {
    let perhaps = Perhaps::new(documents, layers);
    let mut layers = perhaps.layers(documents, layers);
    supposed.change(&mut layers, documents);
    let mut names = names(&layers);
    if !further.is_empty() {
        names.extend(further);
        names.sort_unstable();
        names.dedup();
    }
    use_layers(layers, names)
}

/// What is known of keys with these names, where not all of them are among `keys`.
pub(super) fn own_keys(keys: &Keys, names: &[&KeyName], overrides: &Overrides) -> Option<Keys> {
    let is_known = names.iter().all(|name| keys.rule(name).is_some());
    (!is_known).then(|| Keys::new(names.iter().copied(), overrides))
}

/// The condition keys that the policies look at.
fn names<'d>(layers: &PolicyLayers<'d>) -> Vec<&'d KeyName> {
    let documents = layers.iter().flat_map(|(_, documents)| documents.to_vec());
    let names: BTreeSet<&KeyName> =
        documents.flat_map(PolicyDocument::statements).flat_map(Statement::condition_keys).collect();
    names.into_iter().collect()
}

fn keys_of_call(call: &Call<'_>, names: &[&KeyName]) -> ContextTable {
    let mut own = ContextTable::new();
    for name in names {
        if let Some(value) = (call.keys)(name) {
            own.insert(name.spelled(), value);
        }
    }
    own
}

/// A caller that is asked about calls, its layers put together once.
pub struct Asker<'a> {
    pub(super) layers: PolicyLayers<'a>,
    pub(super) names: Vec<&'a KeyName>,
    pub(super) keys: &'a Keys,
    pub(super) principal: ContextTable,
    /// Who the caller is to a trust policy, where one is asked.
    pub(super) caller: Option<Requester>,
}

impl<'a> Asker<'a> {
    /// The layers that a call has to pass.
    pub fn layers(&self) -> &PolicyLayers<'a> {
        &self.layers
    }

    /// Whether some statement looks at a condition key; `key` is in lower case.
    pub fn looks_at(&self, key: &str) -> bool {
        self.names.iter().any(|name| name.is(key))
    }

    /// Whether some statement looks at the tags that a request brings.
    pub fn looks_at_request_tags(&self) -> bool {
        let is_tag = |name: &&KeyName| name.is("aws:tagkeys") || name.lower().starts_with("aws:requesttag/");
        self.names.iter().any(is_tag)
    }

    /// Whether a call is allowed, with what only the request brings left open.
    pub fn decision(&self, call: &Call<'_>) -> Decision {
        self.with_request(call, |layers, request, context| decide(layers, request, context))
    }

    /// The verdict on a call.
    pub fn verdict(&self, call: &Call<'_>) -> Verdict {
        self.with_request(call, |layers, request, context| explore(layers, request, context))
    }

    /// Gives `ask` the layers, the request and the context of a call.
    pub fn with_request<T>(
        &self,
        call: &Call<'_>,
        ask: impl FnOnce(&PolicyLayers<'_>, &Request, &CallContext<'_>) -> T,
    ) -> T {
        let context = CallContext { own: keys_of_call(call, &self.names), ..self.context() };
        let request = Request::on(call.action, call.resource.clone());
        let request = match &self.caller {
            Some(caller) => request.by(caller.clone()),
            None => request,
        };
        ask(&self.layers, &request, &context)
    }

    /// The context of a call that says nothing of any key.
    pub(super) fn context(&self) -> CallContext<'_> {
        CallContext { own: ContextTable::new(), principal: &self.principal, keys: self.keys }
    }

    /// What a call says of each of the condition keys that the policies look at.
    pub(super) fn said<'k>(&'k self, call: &'k Call<'_>) -> impl Iterator<Item = Option<KeyValue>> + 'k {
        self.names.iter().map(|name| (call.keys)(name))
    }
}

/// The context of a call: what the call says, then the principal, then what holds for every direct call.
pub struct CallContext<'a> {
    own: ContextTable,
    principal: &'a ContextTable,
    keys: &'a Keys,
}

impl Context for CallContext<'_> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        if let Some(value) = self.own.get(name) {
            return value.state();
        }
        match self.keys.rule(name) {
            Some(KeyRule::Fixed(value)) => value.state(),
            Some(KeyRule::Principal) => self.principal.key(name),
            Some(KeyRule::Broker) | None => KeyState::Absent,
        }
    }
}
