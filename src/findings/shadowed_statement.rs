//! An Allow that an explicit Deny takes back as a whole.

use std::collections::HashMap;

use petgraph::graph::NodeIndex;

use super::about_mq::{AboutMq, certainly_concerns, matches};
use super::holders::holders;
use super::written::{Remark, each_policy};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::access::Layers;
use crate::aws::actions::ACTIONS;
use crate::graph::{EdgeKind, State};
use crate::iam::{Condition, Effect, Entry, Pattern, PolicyDocument, Statement, Subject as Named};
use crate::text::Text;

pub(super) const RULE: Rule = Rule {
    id: "shadowed-statement",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "An explicit Deny takes back everything that an Allow grants",
    documentation: "\
# shadowed-statement

An explicit Deny wins over every Allow. A Deny of the same policy covers all actions and all resources of an Allow,
under no condition that the Allow does not have too: the Allow grants nothing. Where the Deny is in other policies
that every holder has, which may be meant for a while, the finding is a note.

Wrong:

```hcl
{ Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = aws_mq_broker.orders.arn },
{ Effect = \"Deny\", Action = \"mq:*\", Resource = \"*\" }
```

Right:

```hcl
{ Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = aws_mq_broker.orders.arn },
{ Effect = \"Deny\", Action = \"mq:DeleteBroker\", Resource = \"*\" }
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let compiled = subject.matrix.all_compiled();
    let denying: Vec<Vec<&Statement>> = compiled.iter().map(denies).collect();
    if denying.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let mut layers: HashMap<NodeIndex, Vec<usize>> = HashMap::new();
    each_policy(subject, |held, about, _| {
        if about.effect != Effect::Allow || !about.alone {
            return None;
        }
        let covering = |document: &usize| {
            denying.get(*document)?.iter().find(|deny| covers(deny, about)).map(|deny| (*deny, *document))
        };
        if let Some((deny, _)) = covering(&held.document) {
            return Some(remark(&format!("{} of the same policy", deny.label()), None));
        }
        let mut found = None;
        for (principal, _) in holders(subject.graph, held.node, EdgeKind::AttachedTo) {
            let documents = layers.entry(principal).or_insert_with(|| certain(subject, principal));
            let (deny, document) = documents.iter().find_map(covering)?;
            found.get_or_insert((deny, document));
        }
        let (deny, document) = found?;
        let policy = subject.written().policies.iter().find(|other| other.document == document);
        let of = policy.map_or_else(String::new, |other| format!(" of {}", other.policy.id));
        Some(remark(&format!("{}{of}", deny.label()), Some(Severity::Note)))
    })
}

fn remark(by: &str, severity: Option<Severity>) -> Remark {
    Remark {
        message: format!("it allows nothing, because {by} denies all of it"),
        help: "Take out the one of the two that is not meant, or narrow the Deny.".into(),
        severity,
        ..Remark::default()
    }
}

/// The documents that certainly bear on a principal.
fn certain(subject: &Subject<'_>, principal: NodeIndex) -> Vec<usize> {
    let layers = Layers::of(subject.graph, subject.matrix.documents(), principal, State::After);
    let attached = layers.identity.iter().chain(&layers.boundaries);
    attached.filter(|attached| attached.unless.is_none()).map(|attached| attached.document).collect()
}

/// The statements of a document that certainly deny some action of Amazon MQ.
fn denies(document: &PolicyDocument) -> Vec<&Statement> {
    let denying = document.statements().iter().filter(|statement| {
        statement.effect() == Some(Effect::Deny)
            && !statement.is_doubtful()
            && statement.principal().is_none()
            && statement.unknown_conditions().is_empty()
    });
    denying.filter(|statement| ACTIONS.iter().any(|action| certainly_concerns(statement, action))).collect()
}

/// Whether the Deny applies whenever the Allow does.
fn covers(deny: &Statement, about: &AboutMq<'_>) -> bool {
    let actions = about.actions();
    !actions.is_empty()
        && about.listed.iter().all(|listed| !listed.open)
        && deny
            .conditions()
            .iter()
            .all(|condition| about.statement.conditions().iter().any(|other| is_same(condition, other)))
        && has_all_resources(deny, about.statement)
        && actions.iter().all(|action| certainly_concerns(deny, action))
}

fn is_same(a: &Condition, b: &Condition) -> bool {
    a.operator() == b.operator()
        && a.key() == b.key()
        && a.values() == b.values()
        && a.holes().next().is_none()
        && b.holes().next().is_none()
}

fn has_all_resources(deny: &Statement, allow: &Statement) -> bool {
    let (Some(denied), Some(allowed)) = (deny.resources(), allow.resources()) else { return false };
    if denied.is_negated() {
        return false;
    }
    if denied.patterns().any(Pattern::is_everything) {
        return true;
    }
    !allowed.is_negated()
        && allowed.entries().iter().all(|entry| match entry {
            Entry::Pattern(pattern) => denied.patterns().any(|deny| includes(deny, pattern)),
            Entry::Unknown(_) | Entry::NotUnderstood => false,
        })
}

/// Whether everything that `narrow` matches is matched by `wide`: it matches the pattern as if it were a text.
fn includes(wide: &Pattern, narrow: &Pattern) -> bool {
    let plain = wide.source().as_known().is_some_and(|text| !text.contains(['?', '$']));
    let is_text = |text: &Text| text.as_known().is_some();
    wide.source() == narrow.source()
        || (plain
            && is_text(narrow.source())
            && matches(wide, &Named::new(narrow.source().clone())).is_true())
}
