//! A policy that is attached to nothing.

use super::holders::holders;
use super::words::quoted;
use super::written::{Remark, each_policy};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::aws::actions::AccessLevel;
use crate::graph::{EdgeKind, PolicyOrigin};
use crate::iam::Effect;
use crate::plan::Value;

pub(super) const RULE: Rule = Rule {
    id: "policy-not-attached",
    kind: Kind::Gap,
    severity: Severity::Note,
    summary: "A policy that grants changes to brokers is attached to nothing in this plan",
    documentation: "\
# policy-not-attached

A managed policy allows to change brokers, and nothing in the plan attaches it: nobody gains by it. That is how it
should be where another configuration attaches it, so this is a note.

Wrong:

```hcl
resource \"aws_iam_policy\" \"reboot\" {
  name   = \"mq-reboot\"
  policy = data.aws_iam_policy_document.reboot.json
}
```

Right:

```hcl
resource \"aws_iam_policy\" \"reboot\" {
  name   = \"mq-reboot\"
  policy = data.aws_iam_policy_document.reboot.json
}

resource \"aws_iam_role_policy_attachment\" \"reboot\" {
  role       = aws_iam_role.operators.name
  policy_arn = aws_iam_policy.reboot.arn
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let graph = subject.graph;
    // What is attached without its ARN being known may be any policy.
    let attaches_unknown = graph.links.node_indices().any(|node| {
        graph.policy(node).is_some_and(|policy| {
            policy.origin == PolicyOrigin::NotShown && !policy.id.starts_with("${external:")
        })
    });
    if attaches_unknown {
        return Vec::new();
    }
    let mut seen = std::collections::BTreeSet::new();
    each_policy(subject, |held, about, _| {
        let is_resource = held.policy.origin == PolicyOrigin::CustomerManaged
            && crate::plan::Address::parse(&held.policy.id).is_some_and(|address| {
                address.mode == crate::plan::Mode::Managed && &*address.kind == "aws_iam_policy"
            });
        if !is_resource || about.effect != Effect::Allow || seen.contains(&held.node) {
            return None;
        }
        let changes: Vec<String> = about
            .listed
            .iter()
            .filter(|listed| listed.actions.iter().any(|action| action.levels.contains(&AccessLevel::Write)))
            .map(super::about_mq::Listed::text)
            .collect();
        if is_named_elsewhere(subject, &held.policy.id) {
            return None;
        }
        let none = |kind| holders(graph, held.node, kind).is_empty();
        if changes.is_empty() || !none(EdgeKind::AttachedTo) || !none(EdgeKind::BoundedBy) {
            return None;
        }
        seen.insert(held.node);
        Some(Remark {
            message: format!("it allows {}, and nothing in this plan attaches the policy", quoted(changes)),
            help: "Attach it, or take it out; where another configuration attaches it, all is well.".into(),
            ..Remark::default()
        })
    })
}

/// Whether what the plan does not touch attaches a policy, or bounds somebody with it.
fn is_named_elsewhere(subject: &Subject<'_>, policy: &str) -> bool {
    let plan = subject.plan;
    if plan.untouched.is_empty() {
        return false;
    }
    let mut policies = plan.resources.iter().chain(&plan.untouched);
    let own = policies.find(|change| *change.address_text == *policy);
    let values = own.and_then(|change| change.after.as_ref().or(change.before.as_ref()));
    let Some(arn) = values.and_then(|values| values.member("arn").to_text()) else { return false };
    let names = |values: &Value| {
        let one =
            ["policy_arn", "permissions_boundary", "managed_policy_arn"].map(|name| values.member(name));
        let lists = ["managed_policy_arns", "policy_arns"].map(|name| values.member(name).elements());
        let all = one.into_iter().chain(lists.into_iter().flatten());
        all.filter_map(Value::to_text).any(|named| named.unmarked() == arn.unmarked())
    };
    plan.untouched.iter().filter_map(|change| change.before.as_ref()).any(names)
}
