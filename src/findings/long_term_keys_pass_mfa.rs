//! A Deny without MFA that does not reach long-term access keys.

use petgraph::graph::NodeIndex;

use super::about_mq::{AboutMq, certainly_concerns, needs_key};
use super::holders::holders;
use super::words::quoted;
use super::written::{Groups, Remark, statements};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::access::{Verdict, shown_key};
use crate::aws::Operation;
use crate::graph::{EdgeKind, State};
use crate::iam::{Comparison, Condition, Effect, Relation, Request, Statement};
use crate::text::Text;

pub(super) const RULE: Rule = Rule {
    id: "long-term-keys-pass-mfa",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "A Deny without MFA lets long-term access keys pass",
    documentation: "\
# long-term-keys-pass-mfa

A Deny is to hold whoever has not signed in with MFA, and compares `aws:MultiFactorAuthPresent` with `false` (or
`aws:MultiFactorAuthAge` with a number). A request made with long-term access keys does not have these keys at all, so
that the condition does not hold and the Deny does not fire. With `IfExists` it does. A Deny of everything (`*`, or
`NotAction`) is told of where somebody who has the policy may do something with a broker.

Wrong:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"false\" } }
}
```

Right:

```hcl
{
  Effect    = \"Deny\"
  Action    = \"mq:DeleteBroker\"
  Resource  = \"*\"
  Condition = { BoolIfExists = { \"aws:MultiFactorAuthPresent\" = \"false\" } }
}
```
",
    check: |subject| {
        let mut drafts = check(subject);
        drafts.extend(guards_of_everything(subject));
        drafts
    },
};

const PRESENT: &str = "aws:multifactorauthpresent";
const AGE: &str = "aws:multifactorauthage";

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    statements(subject, |about| {
        if about.effect != Effect::Deny {
            return None;
        }
        let guard = about.statement.conditions().iter().find(|condition| is_guard(condition))?;
        if has_another(about) {
            return None;
        }
        Some(remark(guard, &quoted(about.listed.iter().map(super::about_mq::Listed::text))))
    })
}

fn remark(guard: &Condition, denied: &str) -> Remark {
    let key = shown_key(guard.key());
    let written = guard.operator();
    Remark {
        message: format!(
            "a request with long-term access keys does not have `{key}`: for that it does not deny {denied}"
        ),
        help: format!("Write `{written}IfExists` for `{written}`, which holds without the key too."),
        detail: key.into(),
        element: Some("Condition"),
        severity: None,
        ..Remark::default()
    }
}

/// Guards whose actions name no service: told of where they keep somebody from an operation.
fn guards_of_everything(subject: &Subject<'_>) -> Vec<Draft> {
    let written = subject.written();
    let mut groups = Groups::default();
    for held in &written.policies {
        let Some(document) = subject.matrix.all_compiled().get(held.document) else { continue };
        let about = written.about.get(held.document).map_or(&[][..], Vec::as_slice);
        let is_about =
            |statement: &Statement| about.iter().any(|one| one.statement.index() == statement.index());
        let denials =
            document.statements().iter().filter(|one| one.effect() == Some(Effect::Deny) && !is_about(one));
        for statement in denials {
            let Some(guard) = statement.conditions().iter().find(|condition| is_guard(condition)) else {
                continue;
            };
            let kept: Vec<Operation> =
                Operation::ALL.into_iter().filter(|one| concerns(statement, *one)).collect();
            let is_doubled = || {
                document.statements().iter().any(|other| {
                    other.effect() == Some(Effect::Deny)
                        && other.conditions().iter().any(is_for_absent)
                        && kept.iter().all(|operation| concerns(other, *operation))
                })
            };
            if !kept.is_empty() && has_power(subject, held.node, &kept) && !is_doubled() {
                let names = quoted(kept.iter().map(|operation| operation.action().to_owned()));
                groups.add(held.policy, document, statement, &remark(guard, &names));
            }
        }
    }
    groups.drafts(subject)
}

fn concerns(statement: &Statement, operation: Operation) -> bool {
    statement.concerns_action(&Request::new(operation.action(), Text::from("*"))).is_true()
}

/// Whether somebody who has a policy may perform one of the operations on some broker.
fn has_power(subject: &Subject<'_>, policy: NodeIndex, operations: &[Operation]) -> bool {
    let graph = subject.graph;
    let mut who: Vec<NodeIndex> =
        holders(graph, policy, EdgeKind::AttachedTo).into_iter().map(|(node, _)| node).collect();
    let members = who.iter().flat_map(|&group| holders(graph, group, EdgeKind::MemberOf));
    let members: Vec<NodeIndex> = members.map(|(node, _)| node).collect();
    who.extend(members);
    let positions = graph.principals.iter().enumerate().filter(|(_, node)| who.contains(node));
    positions.map(|(position, _)| position).any(|principal| {
        (0..graph.brokers.len()).any(|broker| {
            operations.iter().any(|&operation| {
                let verdict = subject.matrix.verdict(State::After, principal, broker, operation);
                matches!(verdict, Some(Verdict::Allowed | Verdict::Conditional { .. }))
            })
        })
    })
}

/// Whether the condition tells requests without MFA, and does not hold for one that lacks the key.
fn is_guard(condition: &Condition) -> bool {
    let operator = condition.operator();
    let tells = match operator.comparison {
        Comparison::Bool
        | Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike => {
            let says_false = condition
                .values()
                .iter()
                .any(|value| value.as_known().is_some_and(|value| value.eq_ignore_ascii_case("false")));
            condition.key().is(PRESENT) && says_false != operator.negated
        }
        Comparison::Numeric(Relation::Greater | Relation::GreaterOrEqual) => condition.key().is(AGE),
        _ => false,
    };
    tells && needs_key(condition)
}

/// Whether the condition is about MFA, and holds for a request that lacks the key.
fn is_for_absent(condition: &Condition) -> bool {
    (condition.key().is(PRESENT) || condition.key().is(AGE)) && !needs_key(condition)
}

/// Whether another Deny of the document is for the requests that lack the key.
fn has_another(about: &AboutMq<'_>) -> bool {
    let actions = about.actions();
    about.document.statements().iter().any(|other| {
        let for_absent = |condition: &Condition| {
            (condition.key().is(PRESENT) || condition.key().is(AGE)) && !needs_key(condition)
        };
        other.index() != about.statement.index()
            && other.effect() == Some(Effect::Deny)
            && other.conditions().iter().any(for_absent)
            && actions.iter().all(|action| certainly_concerns(other, action))
    })
}
