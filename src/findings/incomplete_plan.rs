//! A plan that stopped half-way.

use super::{Draft, Kind, Rule, Severity, Subject};

pub(super) const RULE: Rule = Rule {
    id: "incomplete-plan",
    kind: Kind::Unknown,
    severity: Severity::Error,
    summary: "The plan stopped with an error or is not complete",
    documentation: "\
# incomplete-plan

Terraform marks the plan as errored or as not complete. What it had not planned yet is missing from the analysis:
a principal that is not listed may still get access.

Wrong: analysing what `terraform plan` left behind after it failed.

Right: mend the error, plan again, and analyse the new plan.
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let plan = subject.plan;
    let message = match (plan.errored, plan.complete) {
        (true, _) => {
            "The plan is errored: planning stopped before it was through, and what follows is missing here."
        }
        (false, Some(false)) => "The plan is not complete: some changes are deferred, and are missing here.",
        (false, _) => return Vec::new(),
    };
    vec![Draft {
        message: message.into(),
        help: "Mend what `terraform plan` reports, plan again, and analyse the new plan.".into(),
        ..Draft::default()
    }]
}
