//! A policy of AWS that no source of documents knows.

use std::collections::BTreeMap;

use petgraph::Direction;

use super::{Draft, Kind, Rule, Severity, Subject};
use crate::graph::{Document, EdgeKind, PolicyOrigin};

pub(super) const RULE: Rule = Rule {
    id: "unknown-managed-policy",
    kind: Kind::Unknown,
    severity: Severity::Warning,
    summary: "An AWS managed policy is attached whose document nobody knows",
    documentation: "\
# unknown-managed-policy

A policy is attached, or is a permissions boundary, whose ARN is that of a policy that AWS manages. Neither the plan,
nor a file, nor the embedded set has its document: it is newer than the set, or its name is mistyped. What it allows
and denies is not known, so verdicts that hang on it are `unknown`.

Wrong: a name that AWS does not have.

```hcl
policy_arn = \"arn:aws:iam::aws:policy/AmazonMQFulAccess\"
```

Right: the right name; for a policy that is newer than the set, its document:

```text
arn=arn:aws:iam::aws:policy/AmazonMQFullAccess
version=$(aws iam get-policy --policy-arn $arn --query Policy.DefaultVersionId --output text)
aws iam get-policy-version --policy-arn $arn --version-id $version | jq --arg arn $arn '. + {Arn: $arn}' > policies.json
mqwarden check plan.json --managed-policies policies.json
```

`data \"aws_iam_policy\"` in the configuration shows the document as well.
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let links = &subject.graph.links;
    let mut unknown: BTreeMap<&str, (&str, EdgeKind)> = BTreeMap::new();
    for node in links.node_indices() {
        let Some(policy) = subject.graph.policy(node) else { continue };
        let is_unknown = matches!(policy.document.after, Some(Document::Unknown(_)));
        if policy.origin != PolicyOrigin::AwsManaged || !is_unknown || !policy.id.starts_with("arn:") {
            continue;
        }
        let edges = links.edges_directed(node, Direction::Incoming).map(|edge| edge.weight());
        let standing = edges.filter(|edge| !edge.holds.after.is_false());
        if let Some(edge) = standing.min_by_key(|edge| &edge.via) {
            unknown.insert(&policy.id, (&edge.via, edge.kind));
        }
    }
    let drafts = unknown.into_iter().map(|(arn, (via, kind))| {
        let attribute = if kind == EdgeKind::BoundedBy { "permissions_boundary" } else { "policy_arn" };
        Draft {
            identity: arn.to_owned(),
            message: format!("{via} names {arn}, and no such policy of AWS is known."),
            help: "Mend the name, or give the policy's document with --managed-policies.".into(),
            location: (subject.locate)(via, attribute),
            ..Draft::default()
        }
    });
    drafts.collect()
}
