//! Roles with power over brokers that strangers can assume.

use std::collections::BTreeSet;

use super::{Draft, Kind, Related, Rule, Severity, Subject};
use crate::graph::PrincipalKind;
use crate::reach::Opening;

pub(super) const RULE: Rule = Rule {
    id: "outside-trust",
    kind: Kind::Excess,
    severity: Severity::Error,
    summary: "Strangers can assume a role that has power over brokers",
    documentation: "\
# outside-trust

The trust policy of a role that may create, reboot or delete brokers, or that can get this power, lets in people who
have nothing to do with the account: everyone with an AWS account, or everyone who uses an identity provider that many
share, such as GitHub Actions. A condition that outsiders meet as well does not help: who may ask for a token chooses
its audience, and a pattern such as `repo:acme*`, which leaves part of the owner's name open, lets in whoever registers
`acme-2`.

Wrong: every workflow of every repository of GitHub may delete the broker.

```hcl
principals {
  type        = \"Federated\"
  identifiers = [aws_iam_openid_connect_provider.github.arn]
}
condition {
  test     = \"StringEquals\"
  variable = \"token.actions.githubusercontent.com:aud\"
  values   = [\"sts.amazonaws.com\"]
}
```

Right: one repository, and one branch of it.

```hcl
condition {
  test     = \"StringEquals\"
  variable = \"token.actions.githubusercontent.com:sub\"
  values   = [\"repo:acme/infrastructure:ref:refs/heads/main\"]
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if subject.graph.brokers.is_empty() {
        return drafts;
    }
    let mut indirect: Option<BTreeSet<usize>> = None;
    for (position, &node) in subject.graph.principals.iter().enumerate() {
        let Some(role) = subject.graph.principal(node) else { continue };
        if role.kind != PrincipalKind::Role || role.facts.after.is_none() {
            continue;
        }
        let openings = subject.reach.openings(position);
        if openings.is_empty() {
            continue;
        }
        let has_power = subject.reach.has_power(position);
        if !has_power {
            let indirect = indirect.get_or_insert_with(|| {
                subject.reach.ways().ways.iter().map(|findable| findable.subject).collect()
            });
            if !indirect.contains(&position) {
                continue;
            }
        }
        drafts.extend(openings.iter().map(|opening| draft(subject, &role.id, opening, has_power)));
    }
    drafts
}

fn draft(subject: &Subject<'_>, role: &str, opening: &Opening, has_power: bool) -> Draft {
    let power = if has_power { "has power over brokers" } else { "can get power over brokers" };
    let location = (subject.locate)(role, "assume_role_policy");
    let related = opening.basis.iter().map(|basis| Related {
        message: format!("Statement {} of the trust policy lets them in.", basis.statement),
        location: location.clone(),
    });
    let help = match opening.provider {
        Some(provider) => format!(
            "Limit {}:sub, or another claim that tells whose a token is, to those who are meant.",
            provider.host
        ),
        None => {
            "Name the principals that are meant, or limit them with a condition such as aws:PrincipalOrgID."
                .into()
        }
    };
    Draft {
        identity: opening.whom.clone(),
        principal: Some(role.to_owned()),
        message: format!("{role} {power}, and its trust policy lets in {}.", opening.whom),
        help,
        related: related.collect(),
        location,
        ..Draft::default()
    }
}
