//! The principal that runs the plan is not allowed a call that the plan makes.

use std::collections::BTreeMap;

use super::{Draft, Kind, Related, Rule, Severity, Subject};
use crate::requirements::{CallState, Deployer, PlannedCall};

pub(super) const RULE: Rule = Rule {
    id: "deployer-cannot-perform-plan",
    kind: Kind::Gap,
    severity: Severity::Error,
    summary: "The principal that runs the plan is not allowed a call that the plan makes",
    documentation: "\
# deployer-cannot-perform-plan

`--deployer` (or `deployer` in the settings of the intent) names the principal that is to run this very plan. Terraform
calls Amazon MQ for every broker and configuration: it reads those that exist, creates, changes and deletes what the
plan says, changes tags, and reads again. One of these calls, or something that Amazon MQ does on the way with the
permissions of the deployer, is not allowed: the run stops half-way.

It is an error where a call is certainly made and not allowed, and a warning where that hangs on the request, on
something that nothing tells, or on the order in which the plan changes the deployer's own policies.

Without `mq:DescribeBroker` nothing fails: the provider takes the refusal for a broker that is gone, drops it from the
state, and the next plan creates a second one.

Wrong:

```hcl
data \"aws_iam_policy_document\" \"deployer\" {
  statement {
    actions   = [\"mq:CreateBroker\", \"mq:DeleteBroker\"]
    resources = [\"*\"]
  }
}
```

Right: what the finding lists as well, for an `ActiveMQ` broker for example

```hcl
data \"aws_iam_policy_document\" \"deployer\" {
  statement {
    actions = [
      \"mq:CreateBroker\",
      \"mq:CreateTags\",
      \"mq:DeleteBroker\",
      \"mq:DeleteTags\",
      \"mq:DescribeBroker\",
      \"mq:DescribeUser\",
      \"mq:RebootBroker\",
      \"mq:UpdateBroker\",
    ]
    resources = [\"*\"]
  }

  # … and the EC2 actions of the rule missing-dependent-permission
}
```
",
    check,
};

/// How many resources a step names.
const MOST_NAMES: usize = 3;
/// The call without which a broker counts as gone.
const READS_BROKER: &str = "mq:DescribeBroker";

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    subject.deployers.iter().filter_map(|deployer| draft(subject, deployer)).collect()
}

fn draft(subject: &Subject<'_>, deployer: &Deployer) -> Option<Draft> {
    let graph = subject.graph;
    let principal = &*graph.principal(*graph.principals.get(deployer.principal)?)?.id;
    if deployer.problems.is_empty() {
        return None;
    }
    let steps = steps(&deployer.problems);
    let missing: Vec<&str> = actions(&deployer.problems, |state| state == CallState::Missing);
    let open: Vec<&str> = actions(&deployer.problems, |state| state != CallState::Missing);
    let (severity, message) = if missing.is_empty() {
        let message =
            format!("{principal} can perhaps not run this plan: {} not certainly allowed.", are(&open));
        (Severity::Warning, message)
    } else {
        (Severity::Error, format!("{principal} cannot run this plan: {} not allowed.", are(&missing)))
    };
    let reads = missing.contains(&READS_BROKER) || open.contains(&READS_BROKER);
    let hint = if reads {
        " Mind mq:DescribeBroker above all: the provider takes its refusal for a broker that is gone, drops the \
         broker from the state, and plans a second one."
    } else {
        ""
    };
    Some(Draft {
        principal: Some(principal.to_owned()),
        message,
        help: format!("Allow the deployer what the steps name.{hint}"),
        location: (subject.locate)(principal, "name"),
        related: steps,
        severity: Some(severity),
        ..Draft::default()
    })
}

fn actions(problems: &[PlannedCall], wanted: impl Fn(CallState) -> bool) -> Vec<&'static str> {
    let mut names: Vec<&str> =
        problems.iter().filter(|call| wanted(call.state)).map(|call| call.action).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// `a is`, `a and b are`, `a, b and 3 more actions are`.
fn are(names: &[&str]) -> String {
    match names {
        [] => "nothing is".into(),
        [only] => format!("{only} is"),
        [one, other] => format!("{one} and {other} are"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more are", rest.len()),
    }
}

/// One step for each action, purpose and state, with the resources whose changes make the call.
fn steps(problems: &[PlannedCall]) -> Vec<Related> {
    let mut groups: BTreeMap<(CallState, &str, &str), Vec<&PlannedCall>> = BTreeMap::new();
    for call in problems {
        groups.entry((call.state, call.action, call.purpose)).or_default().push(call);
    }
    groups.into_iter().map(|((state, action, purpose), calls)| step(state, action, purpose, &calls)).collect()
}

fn step(state: CallState, action: &str, purpose: &str, calls: &[&PlannedCall]) -> Related {
    let how = match state {
        CallState::Missing => "is not allowed",
        CallState::Changing => "is allowed either before or after apply, and not both",
        CallState::Unresolved => "is perhaps not allowed, or perhaps not made",
    };
    let mut addresses: Vec<&str> = calls.iter().map(|call| &*call.address).collect();
    addresses.dedup();
    let named = addresses.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    let more = match addresses.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let on = match calls {
        [only] => {
            let resources: Vec<String> = only.resources.iter().map(ToString::to_string).collect();
            format!(" on {}", resources.join(", "))
        }
        _ => String::new(),
    };
    Related { message: format!("{action}{on} {how}: needed to {purpose} {named}{more}"), location: None }
}
