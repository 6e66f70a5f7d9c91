//! Power over brokers through a policy that AWS manages.

use super::about_mq::AnyRequest;
use super::holders::{able, holders, locate_link};
use super::words::{few, list};
use super::{Draft, Kind, Related, Rule, Severity, Subject};
use crate::aws::Operation;
use crate::aws::arn::any_broker;
use crate::aws::operations::Target;
use crate::graph::{EdgeKind, PolicyOrigin};
use crate::iam::{Effect, PolicyDocument, Request, Statement, Subject as Named};
use crate::text::Text;

pub(super) const RULE: Rule = Rule {
    id: "managed-policy-power",
    kind: Kind::Excess,
    severity: Severity::Warning,
    summary: "A policy that AWS manages lets its holders create, reboot or delete every broker",
    documentation: "\
# managed-policy-power

A policy that AWS manages cannot name brokers: what it gives, it gives on all of them, in every region, and AWS
changes it. `AmazonMQFullAccess` and `PowerUserAccess` are among those that let their holders delete every broker. For
`AdministratorAccess`, which says so in its name, the finding is a note.

With an intent (`mqwarden.hcl`) that says who may do what, the rule is silent: intent-excess speaks then.

Wrong:

```hcl
resource \"aws_iam_role_policy_attachment\" \"operators\" {
  role       = aws_iam_role.operators.name
  policy_arn = \"arn:aws:iam::aws:policy/AmazonMQFullAccess\"
}
```

Right:

```hcl
resource \"aws_iam_role_policy\" \"operators\" {
  role = aws_iam_role.operators.name
  policy = jsonencode({
    Version = \"2012-10-17\"
    Statement = [{
      Effect   = \"Allow\"
      Action   = [\"mq:DescribeBroker\", \"mq:RebootBroker\"]
      Resource = aws_mq_broker.orders.arn
    }]
  })
}
```
",
    check,
};

/// How many holders are listed one by one.
const LISTED: usize = 20;

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if subject.is_meant() {
        return drafts;
    }
    for node in subject.graph.links.node_indices() {
        let Some(policy) = subject.graph.policy(node) else { continue };
        if policy.origin != PolicyOrigin::AwsManaged {
            continue;
        }
        let compiled = policy.document.after.as_ref().and_then(|document| subject.matrix.compiled(document));
        let powers: Vec<Operation> = compiled.map(powers).unwrap_or_default();
        let holding = able(subject, holders(subject.graph, node, EdgeKind::AttachedTo), &powers);
        if powers.is_empty() || holding.is_empty() {
            continue;
        }
        let names: Vec<&str> = holding.iter().map(|(_, id)| *id).collect();
        let name = policy.id.rsplit('/').next().unwrap_or_default();
        drafts.push(Draft {
            identity: policy.id.to_string(),
            principal: match names.as_slice() {
                [one] => Some((*one).to_owned()),
                _ => None,
            },
            message: format!(
                "{}: {name}, which AWS manages, allows to {} every broker of the account.",
                few(&names),
                list(&powers)
            ),
            help: "Attach a policy of your own that names the brokers and the actions that are needed."
                .into(),
            location: holding.first().and_then(|(principal, _)| locate_link(subject, *principal, node)),
            related: match holding.as_slice() {
                [_] => Vec::new(),
                all => {
                    let related = |(principal, id): &(petgraph::graph::NodeIndex, &str)| Related {
                        message: format!("{id} has it"),
                        location: locate_link(subject, *principal, node),
                    };
                    all.iter().take(LISTED).map(related).collect()
                }
            },
            severity: (name == "AdministratorAccess").then_some(Severity::Note),
            ..Draft::default()
        });
    }
    drafts.sort_by(|a, b| a.identity.cmp(&b.identity));
    drafts
}

/// What a document allows on every broker, and does not deny.
fn powers(document: &PolicyDocument) -> Vec<Operation> {
    Operation::ALL.into_iter().filter(|operation| gives(document, *operation)).collect()
}

fn gives(document: &PolicyDocument, operation: Operation) -> bool {
    let request = Request::new(operation.action(), Text::from("*"));
    let resource = Named::new(match operation.target() {
        Target::AnyResource => Text::from("*"),
        Target::Broker => any_broker(),
    });
    let applies = |statement: &Statement| {
        statement.concerns_action(&request).is_true()
            && statement.matches_resource(&resource, &AnyRequest).is_true()
    };
    let of = |effect: Effect| {
        document.statements().iter().filter(move |statement| statement.effect() == Some(effect))
    };
    let is_denied = of(Effect::Deny).any(|statement| statement.conditions().is_empty() && applies(statement));
    !is_denied && of(Effect::Allow).any(applies)
}

#[cfg(test)]
mod tests {
    use super::powers;
    use crate::aws::{Operation, managed_policies};
    use crate::iam::PolicyDocument;
    use crate::text::Text;

    #[test]
    fn these_of_all_policies_of_aws_give_power_over_brokers() {
        let mut found = Vec::new();
        for name in managed_policies::iter_names() {
            let document = managed_policies::by_name(name).unwrap().document;
            let given = powers(&PolicyDocument::parse(&Text::from(document)));
            if !given.is_empty() {
                assert_eq!(given, Operation::ALL, "{name}");
                found.push(name);
            }
        }
        assert_eq!(
            found,
            [
                "AIDevOpsAgentActionsPolicy",
                "AWSMcpServiceActionsFullAccess",
                "AdministratorAccess",
                "AmazonMQApiFullAccess",
                "AmazonMQFullAccess",
                "PowerUserAccess",
            ]
        );
    }
}
