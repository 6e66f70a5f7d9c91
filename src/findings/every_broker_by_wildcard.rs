//! Delete or reboot of every broker through a wildcard.

use std::sync::LazyLock;

use super::about_mq::{AboutMq, Listed, limits, matches, needs_key};
use super::holders::{able, holders, surely_able};
use super::words::{few, quoted};
use super::written::{Remark, each_policy};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::aws::Operation;
use crate::aws::arn::{any_broker, any_broker_of, some_broker_of};
use crate::graph::{EdgeKind, PolicyOrigin, State};
use crate::iam::{Condition, Effect, Pattern, Subject as Named};
use crate::text::{Piece, Text};

pub(super) const RULE: Rule = Rule {
    id: "every-broker-by-wildcard",
    kind: Kind::Excess,
    severity: Severity::Warning,
    summary: "An Allow lets its holders delete or reboot every broker of the account or region",
    documentation: "\
# every-broker-by-wildcard

An Allow that names Amazon MQ gives `mq:DeleteBroker` or `mq:RebootBroker` on a resource that matches every broker:
those of other teams, and those still to come. Both actions can be limited to brokers by name, or by tag with
`aws:ResourceTag/…`. Whoever takes over a role that runs workloads, such as that of an EKS node, takes over this
power. Where nobody in the plan has the policy, or the statement asks for MFA, the finding is a note.

With an intent (`mqwarden.hcl`) that says who may do what, the rule is silent: intent-excess speaks then.

Wrong:

```hcl
{ Effect = \"Allow\", Action = \"mq:*\", Resource = \"*\" }
```

Right:

```hcl
{ Effect = \"Allow\", Action = [\"mq:CreateBroker\", \"mq:ListBrokers\"], Resource = \"*\" },
{
  Effect   = \"Allow\"
  Action   = [\"mq:DescribeBroker\", \"mq:RebootBroker\"]
  Resource = aws_mq_broker.orders.arn
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    if subject.is_meant() {
        return Vec::new();
    }
    let instead = instead(subject);
    each_policy(subject, |held, about, _| {
        let (powers, wide) = power(about)?;
        // What an organization leaves open it does not give.
        if held.policy.origin == PolicyOrigin::ServiceControl {
            return None;
        }
        let holding = holders(subject.graph, held.node, EdgeKind::AttachedTo);
        if holding.is_empty() && !holders(subject.graph, held.node, EdgeKind::BoundedBy).is_empty() {
            return None;
        }
        // What somebody is given here, and something else keeps from them, they cannot do.
        let able_to = |power: &&'static str| {
            let operation = Operation::ALL.into_iter().find(|operation| operation.name() == *power)?;
            let names = |able: Vec<(_, &'_ str)>| able.into_iter().map(|(_, id)| id.to_owned()).collect();
            let sure: Vec<String> = names(surely_able(subject, holding.clone(), &[operation]));
            if !sure.is_empty() {
                return Some((*power, few(&sure)));
            }
            let able: Vec<String> = names(able(subject, holding.clone(), &[operation]));
            (!able.is_empty()).then(|| (*power, format!("perhaps {}", few(&able))))
        };
        let given: Vec<(&str, String)> = powers.iter().filter_map(able_to).collect();
        let deeds = match given.as_slice() {
            [] => format!("whoever is given it to {}", powers.join(" and ")),
            [(power, who)] => format!("{who} to {power}"),
            [(power, who), (other, others)] if who == others => format!("{who} to {power} and {other}"),
            all => {
                let each: Vec<String> = all.iter().map(|(power, who)| format!("{who} to {power}")).collect();
                each.join(" and ")
            }
        };
        Some(Remark {
            message: format!(
                "{} on {} allows {deeds} every broker that it reaches",
                quoted(about.listed.iter().filter(|listed| is_power(&listed.actions)).map(Listed::text)),
                quoted([wide.source().to_string()]),
            ),
            help: format!(
                "Name the brokers ({instead}), or limit it to a tag with `aws:ResourceTag/…`. Actions without \
                 resource types, such as `mq:CreateBroker`, belong into a statement of their own."
            ),
            detail: wide.source().to_string(),
            element: Some("Resource"),
            severity: (given.is_empty() || asks_for_mfa(about)).then_some(Severity::Note),
            who: deeds,
        })
    })
}

/// Whether MFA is asked for, as for a role that is for emergencies.
fn asks_for_mfa(about: &AboutMq<'_>) -> bool {
    let says = |condition: &Condition, word: &str| {
        condition
            .values()
            .iter()
            .all(|value| value.as_known().is_some_and(|it| it.eq_ignore_ascii_case(word)))
    };
    about.statement.conditions().iter().any(|condition| {
        let is_present = condition.key().is("aws:multifactorauthpresent");
        let is_true = says(condition, if condition.operator().negated { "false" } else { "true" });
        let is_young = condition.key().is("aws:multifactorauthage") && !condition.operator().negated;
        needs_key(condition) && (is_young || is_present && is_true)
    })
}

fn is_power(actions: &[&crate::aws::actions::Action]) -> bool {
    actions.iter().any(|action| matches!(action.name, "DeleteBroker" | "RebootBroker"))
}

/// Which of the two a statement gives on every broker, and through which pattern.
fn power<'a>(about: &AboutMq<'a>) -> Option<(Vec<&'static str>, &'a Pattern)> {
    if about.effect != Effect::Allow || about.statement.is_doubtful() {
        return None;
    }
    let by_tag = |name: &str| name.starts_with("aws:resourcetag/");
    if about.statement.conditions().iter().any(|one| by_tag(one.key().lower()) && limits(one)) {
        return None;
    }
    let actions = about.actions();
    let named = [("DeleteBroker", "delete"), ("RebootBroker", "reboot")];
    let powers: Vec<&'static str> = named
        .iter()
        .filter(|(name, _)| actions.iter().any(|action| action.name == *name))
        .map(|(_, verb)| *verb)
        .collect();
    let wide = about.resources().find(|pattern| is_wide(pattern))?;
    (!powers.is_empty()).then_some((powers, wide))
}

static ANY_BROKER: LazyLock<Named> = LazyLock::new(|| Named::new(any_broker()));

/// Whether a pattern certainly matches every broker of the accounts and regions that it names.
pub(super) fn is_wide(pattern: &Pattern) -> bool {
    if pattern.is_everything() {
        return true;
    }
    let head = head(pattern.source());
    let is_missed = |head| matches(pattern, &Named::new(some_broker_of(head))).is_false();
    if head.as_known().is_some_and(is_missed) {
        return false;
    }
    // That of another service reaches no broker, whatever else it matches.
    !matches(pattern, &ANY_BROKER).is_false() && matches(pattern, &Named::new(any_broker_of(&head))).is_true()
}

/// The first five parts of an ARN that a pattern matches, if there is one: what it leaves open is filled in.
fn head(source: &Text) -> Text {
    let mut head = Text::builder();
    let mut colons = 0usize;
    'pieces: for piece in source.pieces() {
        match piece {
            Piece::Hole(hole) => {
                head.push_hole(hole);
            }
            Piece::Literal(literal) => {
                for c in literal.chars() {
                    match c {
                        ':' if colons == 4 => break 'pieces,
                        ':' => {
                            colons = colons.saturating_add(1);
                            head.push_str(":");
                        }
                        '*' => {
                            head.push_str("");
                        }
                        '?' => {
                            head.push_str("x");
                        }
                        c => {
                            head.push_str(c.encode_utf8(&mut [0; 4]));
                        }
                    }
                }
            }
        }
    }
    for _ in colons..4 {
        head.push_str(":x");
    }
    head.finish()
}

/// The brokers of the plan, as a policy names them.
fn instead(subject: &Subject<'_>) -> String {
    let after = |node: &petgraph::graph::NodeIndex| {
        let broker = subject.graph.broker(*node)?;
        broker.facts.get(State::After).as_ref().map(|_| format!("`{}.arn`", broker.id))
    };
    let names: Vec<String> = subject.graph.brokers.iter().filter_map(after).collect();
    if names.is_empty() { "`arn:aws:mq:REGION:ACCOUNT:broker:NAME:*`".into() } else { few(&names) }
}

#[cfg(test)]
mod tests {
    use super::is_wide;
    use crate::iam::{Pattern, PatternKind};
    use crate::text::{Hole, Text};

    #[test]
    fn wide_patterns_match_every_broker_of_a_place() {
        let wide = |source: Text| is_wide(&Pattern::new(source, PatternKind::Resource, true).unwrap());
        for source in [
            "*",
            "arn:*",
            "arn:aws:mq:*",
            "arn:aws:mq:eu-*:123456789012:*",
            "arn:aws:mq:eu-west-1:123456789012:broker:*",
            "arn:aws:mq:*:*:broker:*:*",
            "arn:aws:mq:*:*:broker:*:b-*",
            "arn:*:mq:??-west-1:*:*:*:*",
        ] {
            assert!(wide(source.into()), "{source}");
        }
        for source in [
            "arn:aws:mq:*:*:broker:orders:*",
            "arn:aws:mq:*:*:broker:o*",
            "arn:aws:mq:*:*:broker:*:b-1*",
            "arn:aws:mq:*:*:configuration:*",
            "arn:aws:sqs:*",
            "arn:aws:mq:*:*:broker:${aws:PrincipalTag/team}*",
        ] {
            assert!(!wide(source.into()), "{source}");
        }
        let account = Text::builder()
            .push_str("arn:aws:mq:eu-west-1:")
            .push_hole(&Hole::account())
            .push_str(":*")
            .finish();
        assert!(wide(account));
    }
}
