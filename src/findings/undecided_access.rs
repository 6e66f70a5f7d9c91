//! Access that hangs on values which nothing given to the tool tells.

use std::collections::BTreeMap;

use super::{Draft, Kind, Rule, Severity, Subject};
use crate::access::Reason;
use crate::text::Hole;

pub(super) const RULE: Rule = Rule {
    id: "undecided-access",
    kind: Kind::Unknown,
    severity: Severity::Warning,
    summary: "Verdicts hang on a value that is known only after apply",
    documentation: "\
# undecided-access

Whether some principals can create, reboot or delete a broker hangs on a value that nothing given to the tool tells
before apply. The verdict is `unknown`: neither a pass nor a denial.

Wrong: `mqwarden check plan.json`, where a policy of the plan is `(known after apply)`.

Right: give the saved plan, whose configuration tells what the policy will say, and the folder whose files it reads:

```text
mqwarden check plan.json --plan-file tfplan --config-dir .
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let mut by_reason: BTreeMap<Reason, usize> = BTreeMap::new();
    let mut unexplained = 0usize;
    subject.matrix.for_each_unknown(|because, count| {
        if because.is_empty() {
            unexplained = unexplained.saturating_add(count);
        }
        for reason in because {
            let seen = by_reason.entry(reason.clone()).or_default();
            *seen = seen.saturating_add(count);
        }
    });
    let mut drafts: Vec<Draft> = by_reason
        .into_iter()
        .map(|(reason, count)| match reason {
            Reason::Hole(hole) => Draft {
                identity: hole.to_string(),
                message: format!("{} on {hole}, which {}.", hang(count), why(&hole)),
                help: help(&hole, subject.has_source),
                location: (subject.locate)(hole.address(), hole.attribute()),
                ..Draft::default()
            },
            Reason::NotUnderstood(problem) => Draft {
                identity: problem.to_string(),
                message: format!("{} on a policy that is not valid: {problem}.", hang(count)),
                help: "Mend the policy; the rule invalid-policy says which it is.".into(),
                ..Draft::default()
            },
        })
        .collect();
    if unexplained > 0 {
        drafts.push(Draft {
            identity: "unexplored".into(),
            message: format!("{} on more combinations of request keys than are explored.", hang(unexplained)),
            help: "Fix request keys with --context KEY=VALUE.".into(),
            ..Draft::default()
        });
    }
    drafts
}

fn hang(count: usize) -> String {
    if count == 1 { "1 verdict hangs".into() } else { format!("{count} verdicts hang") }
}

/// Whether the hole is something outside of the plan: a group that it does not manage, a policy that it only names.
fn is_outside(hole: &Hole) -> bool {
    hole.address().starts_with("external:") || hole.attribute().starts_with("policy ")
}

fn why(hole: &Hole) -> &'static str {
    match hole.address() {
        _ if is_outside(hole) => "the plan does not show",
        "" => "nothing in the plan tells",
        _ => "is known only after apply",
    }
}

pub(super) fn help(hole: &Hole, has_source: bool) -> String {
    match (hole.address(), hole.attribute()) {
        _ if is_outside(hole) => "Look at it where it is managed; what is attached there counts too.".into(),
        ("", "account") => "Say which account it is with --account-id.".into(),
        ("", "partition") => "Say which partition it is with --partition.".into(),
        ("", attribute) if attribute.starts_with("region") => "Say which region it is with --region.".into(),
        ("", organization) if organization.starts_with("organizational units above") => {
            "Show the way in the plan: aws_organizations_account and the units above it, or their data sources.".into()
        }
        ("", full) if full.starts_with("FullAWSAccess") => {
            "Show what is attached there with data.aws_organizations_policies_for_target, or manage the attachment of \
             p-FullAWSAccess."
                .into()
        }
        ("", policy) if policy.starts_with("service control policy") => {
            "Show what it says with data.aws_organizations_policy.".into()
        }
        ("", key) => format!("Say what it is with --context {key}=VALUE."),
        _ if has_source => {
            "Give the configuration's folder with --config-dir, for files that it reads; a value made \
                            during apply stays unknown."
                .into()
        }
        _ => "Give the saved plan with --plan-file and the configuration's folder with --config-dir.".into(),
    }
}
