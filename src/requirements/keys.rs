//! Calls of AWS KMS: the policy of the key counts beside those of the caller.

use crate::access::{Asker, Call, Verdict};
use crate::aws::arn;
use crate::graph::{Document, Graph, KeyFacts, PrincipalFacts, PrincipalKind, State};
use crate::iam::{Caller, PolicyDocument, PolicyLayers, Through, decide, explore};
use crate::text::{CharSet, Hole, Run, Shape, Text, Truth};

use super::State as Answer;

/// The keys of a plan in one state, their policies compiled.
pub(super) struct Keys<'g> {
    graph: &'g Graph,
    state: State,
    policies: Vec<Option<PolicyDocument>>,
}

/// Who calls.
pub(super) struct Who<'a> {
    pub(super) kind: PrincipalKind,
    pub(super) facts: &'a PrincipalFacts,
}

impl<'g> Keys<'g> {
    pub(super) fn new(graph: &'g Graph, state: State) -> Self {
        let compile = |facts: &KeyFacts| match &facts.policy {
            Some(Document::Text(text)) => PolicyDocument::parse(text),
            Some(Document::Unknown(hole)) => PolicyDocument::unknown(hole),
            None => lets_account_in(&facts.arn),
        };
        let policies = graph.keys.iter().map(|key| key.facts.get(state).as_ref().map(compile)).collect();
        Self { graph, state, policies }
    }

    pub(super) fn policies(&self) -> impl Iterator<Item = &PolicyDocument> {
        self.policies.iter().flatten()
    }

    /// The key with this ARN, as far as the plan shows it, with its policy.
    fn find(&self, named: &Text) -> Option<(&'g KeyFacts, &PolicyDocument)> {
        let keys = self.graph.keys.iter().zip(&self.policies);
        keys.filter_map(|(key, policy)| Some((key, key.facts.get(self.state).as_ref()?, policy.as_ref()?)))
            .find(|(key, facts, _)| {
                let by_reference = named.as_hole().is_some_and(|hole| hole.address() == &*key.id);
                by_reference || facts.arn.equals(named) == Truth::True
            })
            .map(|(_, facts, policy)| (facts, policy))
    }

    /// The tags of a key that the plan shows.
    pub(super) fn tags(&self, named: &Text) -> Option<&'g crate::graph::Tags> {
        self.find(named).map(|(facts, _)| &facts.tags)
    }

    /// Whether a call on a key is allowed.
    pub(super) fn answer(&self, asker: &Asker<'_>, who: &Who<'_>, call: &Call<'_>) -> Answer {
        match self.find(&call.resource) {
            Some((facts, policy)) => with_policy(asker, who, call, &facts.arn, policy),
            None => self.perhaps(asker, who, call),
        }
    }

    /// A call on a key that is none of the plan's for certain: where it may turn out to be one of them, the answer is
    /// one only if it is the same for all.
    fn perhaps(&self, asker: &Asker<'_>, who: &Who<'_>, call: &Call<'_>) -> Answer {
        let elsewhere = without_policy(asker, who, call);
        let keys = self.graph.keys.iter().zip(&self.policies);
        let shown =
            keys.filter_map(|(key, policy)| Some((key.facts.get(self.state).as_ref()?, policy.as_ref()?)));
        let mut candidates = shown.filter(|(facts, _)| facts.arn.equals(&call.resource).is_maybe());
        let agrees =
            candidates.all(|(facts, policy)| with_policy(asker, who, call, &facts.arn, policy) == elsewhere);
        if agrees { elsewhere } else { Answer::Unknown }
    }
}

/// The policy that AWS gives to a key without: the account is let in, and leaves the rest to identity policies.
fn lets_account_in(key: &Text) -> PolicyDocument {
    let account =
        arn::split(key).map_or_else(|| Text::hole(Hole::account()), |[_, _, _, _, account, _]| account);
    let mut policy = Text::builder();
    policy.push_str(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":""#);
    policy.push_text(&account.unmarked()).push_str(r#""},"Action":"kms:*","Resource":"*"}}"#);
    PolicyDocument::parse(&policy.finish())
}

/// The plan does not show the policy of the key: what identity policies allow counts as allowed, what they deny is
/// denied, and all else hangs on the key.
fn without_policy(asker: &Asker<'_>, who: &Who<'_>, call: &Call<'_>) -> Answer {
    let is_elsewhere = is_elsewhere(who, &call.resource);
    match Answer::of(&asker.verdict(call)) {
        Answer::Allowed if is_elsewhere => Answer::Unknown,
        Answer::Denied if is_elsewhere => Answer::Denied,
        Answer::Denied => {
            let denied =
                asker.with_request(call, |layers, request, context| decide(layers, request, context).denied);
            if denied.is_true() { Answer::Denied } else { Answer::Unknown }
        }
        other => other,
    }
}

fn is_elsewhere(who: &Who<'_>, key: &Text) -> bool {
    arn::split(key).is_some_and(|[_, _, _, _, account, _]| account.equals(&who.facts.account).is_false())
}

fn with_policy(
    asker: &Asker<'_>,
    who: &Who<'_>,
    call: &Call<'_>,
    key: &Text,
    policy: &PolicyDocument,
) -> Answer {
    let arn = match who.kind {
        PrincipalKind::Group => any_member(&who.facts.arn),
        _ => who.facts.arn.clone(),
    };
    let caller = Caller { arn: &arn, account: &who.facts.account, unique_id: &who.facts.unique_id };
    let [itself, account] =
        [Through::Itself, Through::Account].map(|through| policy.addressed_to(&caller, through));
    asker.with_request(call, |layers, request, context| {
        let ask = |layers: &PolicyLayers<'_>| Answer::of(&explore(layers, request, context));
        let mut delegated = layers.clone();
        delegated.boundaries.push(vec![&account]);
        let delegated = ask(&delegated);
        if is_elsewhere(who, key) {
            // A key of another account: both accounts must allow.
            let mut both = layers.clone();
            both.boundaries.push(vec![&itself]);
            return delegated.or(ask(&both));
        }
        if delegated == Answer::Allowed {
            return delegated;
        }
        // Named itself, the caller needs no identity policy; what these deny is denied all the same. A permissions
        // boundary limits a role that is named, and not a user.
        let is_user = matches!(who.kind, PrincipalKind::User | PrincipalKind::Group);
        let denials: Vec<PolicyDocument> =
            layers.identity.iter().map(|document| document.denials()).collect();
        let limits: Vec<PolicyDocument> = if is_user {
            layers.boundaries.iter().flatten().map(|document| document.denials()).collect()
        } else {
            Vec::new()
        };
        let mut named = layers.clone();
        named.identity = denials.iter().chain(&limits).chain([&itself]).collect();
        if is_user {
            named.boundaries.clear();
        }
        delegated.or(ask(&named))
    })
}

/// The ARN of any user of the account of a group.
fn any_member(group: &Text) -> Text {
    let Some([head, partition, service, _, account, _]) = arn::split(group) else { return group.clone() };
    let name = CharSet::IAM_NAME.with(CharSet::only(b'/'));
    let member = Hole::new("", "path and name of a member", Shape::new(vec![Run::at_least(1, name)], false));
    let mut arn = Text::builder();
    arn.push_text(&head).push_str(":").push_text(&partition).push_str(":").push_text(&service).push_str("::");
    arn.push_text(&account).push_str(":user/").push_hole(&member).finish()
}

impl Answer {
    /// The answer that a verdict is.
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Self::Allowed,
            Verdict::Denied => Self::Denied,
            Verdict::Conditional { .. } => Self::Conditional,
            Verdict::Unknown { .. } => Self::Unknown,
        }
    }

    /// Allowed where either way allows.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Allowed, _) | (_, Self::Allowed) => Self::Allowed,
            (Self::Denied, rest) | (rest, Self::Denied) => rest,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Conditional, Self::Conditional) => Self::Conditional,
        }
    }

    /// Allowed where both are.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Denied, _) | (_, Self::Denied) => Self::Denied,
            (Self::Allowed, rest) | (rest, Self::Allowed) => rest,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Conditional, Self::Conditional) => Self::Conditional,
        }
    }
}
