//! An operation that a principal may start and that will fail, as something that it needs is not allowed.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;

use rayon::prelude::*;

use super::statements::behind;
use super::words::few;
use super::{Decided, Draft, Kind, Related, Rule, Severity, Subject, mend};
use crate::aws::Operation;
use crate::aws::requirements::{Level, Requirement, Requirements};
use crate::hash::HashMap;
use crate::iam::Effect;
use crate::intent::Act;
use crate::requirements::{Gap, NeededCall};

pub(super) const RULE: Rule = Rule {
    id: "missing-dependent-permission",
    kind: Kind::Gap,
    severity: Severity::Error,
    summary: "An operation is allowed, and something that it needs is not",
    documentation: "\
# missing-dependent-permission

A principal may create, reboot or delete a broker, and is not allowed something that Amazon MQ does on the way with the
permissions of the caller: it makes network interfaces, tags the broker, uses a key. The call fails half-way. Which
actions an operation needs depends on the broker; `docs/requirements.md` lists them with their sources.

It is an error where AWS itself says that the call fails without the action (for creating a broker: where the Amazon MQ
guide lists it), a warning where other sources list it or where only a feature will be missing, and a note where one
source alone lists it or nothing tells whether the action is needed or allowed.

A policy with just these actions is suggested, on the resources that they are checked on. What a policy of the principal
cannot allow, as a Deny, a boundary that others share, a service control policy or the policy of the key stands in the
way, is not suggested, and the finding names what does. Of more than 200 findings of this rule the most severe 200 get a
suggestion: once these are mended, the next ones do.

Wrong:

```hcl
data \"aws_iam_policy_document\" \"pipeline\" {
  statement {
    actions   = [\"mq:CreateBroker\"]
    resources = [\"*\"]
  }
}
```

Right, for an `ActiveMQ` broker without a key of its own (the custom policy of the Amazon MQ guide):

```hcl
data \"aws_iam_policy_document\" \"pipeline\" {
  statement {
    actions = [
      \"mq:CreateBroker\",
      \"mq:CreateTags\",
      \"ec2:CreateNetworkInterface\",
      \"ec2:DeleteNetworkInterface\",
      \"ec2:DetachNetworkInterface\",
      \"ec2:DescribeInternetGateways\",
      \"ec2:DescribeNetworkInterfaces\",
      \"ec2:DescribeRouteTables\",
      \"ec2:DescribeSecurityGroups\",
      \"ec2:DescribeSubnets\",
      \"ec2:DescribeVpcs\",
    ]
    resources = [\"*\"]
  }

  statement {
    actions = [
      \"ec2:CreateNetworkInterfacePermission\",
      \"ec2:DeleteNetworkInterfacePermission\",
      \"ec2:DescribeNetworkInterfacePermissions\",
    ]
    resources = [\"*\"]

    condition {
      test     = \"StringEquals\"
      variable = \"ec2:AuthorizedService\"
      values   = [\"mq.amazonaws.com\"]
    }
  }
}
```
",
    check,
};

/// How many brokers a message names.
const MOST_NAMES: usize = 3;

/// How many gaps get a suggestion, the most severe first. Each is confirmed by deciding anew, and nobody mends more at a
/// time.
const MOST_SUGGESTED: usize = 200;

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let gaps = subject.requirements.gaps();
    let mended = mended(subject.decided, gaps);
    let nothing = mend::Needed::default();
    let mended = |number: usize| mended.get(&number).unwrap_or(&nothing);
    let told = Evidence::default();
    gaps.iter().enumerate().filter_map(|(number, gap)| draft(subject, gap, mended(number), &told)).collect()
}

/// What is told of each requirement behind its actions: its sources and its note. Few requirements are behind all gaps.
#[derive(Default)]
struct Evidence(RefCell<Vec<(&'static Requirement, Rc<str>)>>);

impl Evidence {
    fn of(&self, requirement: &'static Requirement) -> Rc<str> {
        let mut known = self.0.borrow_mut();
        if let Some((_, told)) = known.iter().find(|(one, _)| std::ptr::eq(*one, requirement)) {
            return Rc::clone(told);
        }
        let all = Requirements::shipped();
        let mut sources: Vec<&str> = requirement.evidence.iter().map(|name| all.short_source(name)).collect();
        sources.dedup();
        let note =
            if requirement.note.is_empty() { String::new() } else { format!(". {}", requirement.note) };
        let told: Rc<str> = format!("({}){}", sources.join(", "), note.trim_end_matches('.')).into();
        known.push((requirement, Rc::clone(&told)));
        told
    }
}

/// What mends those of the gaps that get a suggestion, by their positions.
fn mended<'a>(decided: Decided<'a>, gaps: &[Gap]) -> HashMap<usize, mend::Needed<'a>> {
    let mut by_weight: Vec<(usize, &Gap)> = gaps.iter().enumerate().collect();
    by_weight.sort_by_key(|(_, gap)| Reverse(severity(gap)));
    by_weight.truncate(MOST_SUGGESTED);
    // Gaps that stand together have most in common: each thread gets a row of them.
    let row = by_weight.len().div_ceil(rayon::current_num_threads()).max(1);
    let of_row = |row: &[(usize, &Gap)]| {
        let known = mend::Known::default();
        row.iter().map(|(number, gap)| (*number, mend::needed(gap, decided, &known))).collect::<Vec<_>>()
    };
    by_weight.par_chunks(row).flat_map_iter(of_row).collect()
}

fn draft(subject: &Subject<'_>, gap: &Gap, mended: &mend::Needed<'_>, told: &Evidence) -> Option<Draft> {
    let graph = subject.graph;
    let principal = &*graph.principal(*graph.principals.get(gap.principal)?)?.id;
    let name = |broker: &usize| Some(&*graph.broker(*graph.brokers.get(*broker)?)?.id);
    let brokers: Vec<&str> = gap.brokers.iter().filter_map(name).collect();
    let severity = severity(gap);
    let deed = format!("{} {}", gap.operation, all(&brokers));
    let message = match severity {
        Severity::Error => {
            format!("{principal} may {deed}, and the call will fail: {} not allowed.", are(&gap.missing))
        }
        _ if !gap.advised.is_empty() => {
            format!("{principal} may {deed}, and {} not allowed: {}.", are(&gap.advised), consequence(gap))
        }
        _ => format!(
            "{principal} may {deed}; whether {} needed and allowed, nothing in the plan settles.",
            are(&gap.doubtful)
        ),
    };
    let alone = match brokers.as_slice() {
        [only] => Some((*only).to_owned()),
        _ => None,
    };
    let behind = if subject.has_source {
        gap.brokers
            .first()
            .map(|&first| behind(subject, gap.principal, first, act(gap.operation), Effect::Allow))
    } else {
        None
    };
    let location = behind.iter().flatten().find_map(|statement| statement.location(subject)).or_else(|| {
        // Where no statement has a place of its own: the principal.
        (subject.locate)(principal, "name")
    });
    let lists = [
        ("required", &gap.missing),
        ("perhaps required, or perhaps not allowed", &gap.doubtful),
        ("listed", &gap.advised),
    ];
    let mut related: Vec<Related> =
        lists.iter().flat_map(|(what, calls)| related(calls, what, told)).collect();
    related.extend(mended.obstacles.iter().map(|obstacle| obstacle.related(subject)));
    Some(Draft {
        // What is lacking tells a gap from others of its principal and operation.
        identity: identity(gap),
        principal: Some(principal.to_owned()),
        broker: alone,
        operation: Some(gap.operation.name()),
        message,
        help: match mended.obstructed.as_slice() {
            [] => help(gap, severity),
            obstructed => format!(
                "No policy of the principal can allow {}: mend what stands in the way, which the steps name.",
                few(obstructed)
            ),
        },
        location,
        related,
        fix: mended.fix.clone(),
        severity: Some(severity),
    })
}

/// The actions that are lacking.
fn identity(gap: &Gap) -> String {
    let names = |calls: &[NeededCall]| calls.iter().map(|call| call.action).collect::<Vec<_>>().join(",");
    format!("{};{};{}", names(&gap.missing), names(&gap.doubtful), names(&gap.advised))
}

const fn act(operation: Operation) -> Act {
    match operation {
        Operation::Create => Act::Create,
        Operation::Reboot => Act::Reboot,
        Operation::Delete => Act::Delete,
    }
}

fn severity(gap: &Gap) -> Severity {
    let weighs = |call: &NeededCall| call.requirement.level != Level::Advisory;
    if !gap.missing.is_empty() {
        Severity::Error
    } else if gap.advised.iter().any(weighs) {
        Severity::Warning
    } else {
        Severity::Note
    }
}

fn consequence(gap: &Gap) -> &'static str {
    let only = |level| gap.advised.iter().all(|call| call.requirement.level == level);
    if only(Level::Feature) {
        "a feature will be silently missing"
    } else if only(Level::Advisory) {
        "some sources list it, and it is seldom needed"
    } else {
        "other sources than the Amazon MQ guide list this, and the call may fail"
    }
}

fn help(gap: &Gap, severity: Severity) -> String {
    match severity {
        Severity::Error | Severity::Warning => {
            "Allow these actions too, in a policy of the principal: Amazon MQ \
             calls them with its permissions. docs/requirements.md says why each is needed."
                .into()
        }
        Severity::Note if gap.advised.is_empty() => "Allow these actions too if they turn out to be needed; \
             docs/requirements.md says when."
            .into(),
        Severity::Note => "Nothing has to be done; docs/requirements.md says when each is used.".into(),
    }
}

/// The brokers, as messages name them.
fn all(brokers: &[&str]) -> String {
    let named = brokers.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    match brokers.len().saturating_sub(MOST_NAMES) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// `a is`, `a and b are`, `a, b and 3 more are`.
fn are(calls: &[NeededCall]) -> String {
    let names: Vec<&str> = calls.iter().map(|call| call.action).collect();
    match names.as_slice() {
        [] => "nothing is".into(),
        [only] => format!("{only} is"),
        [one, other] => format!("{one} and {other} are"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more are", rest.len()),
    }
}

/// One entry for each requirement, with the actions that belong to it.
fn related(calls: &[NeededCall], what: &str, told: &Evidence) -> Vec<Related> {
    let mut entries: Vec<(&'static Requirement, Vec<&NeededCall>)> = Vec::new();
    for call in calls {
        match entries.iter_mut().find(|(requirement, _)| *requirement == call.requirement) {
            Some((_, same)) => same.push(call),
            None => entries.push((call.requirement, vec![call])),
        }
    }
    let entry = |(requirement, calls): (&'static Requirement, Vec<&NeededCall>)| {
        let names: Vec<&str> = calls.iter().map(|call| call.action).collect();
        let message = format!("{what}: {} {}", names.join(", "), told.of(requirement));
        Related { message, location: None }
    };
    entries.into_iter().map(entry).collect()
}
