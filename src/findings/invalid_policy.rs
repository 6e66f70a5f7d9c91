//! A policy document that IAM would refuse, or that cannot be understood.

use super::holders::locate;
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::graph::PolicyOrigin;
use crate::iam::{PolicyDocument, Statement};

pub(super) const RULE: Rule = Rule {
    id: "invalid-policy",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "A policy document is not valid",
    documentation: "\
# invalid-policy

A policy document is no valid JSON, or an element of it is not part of the policy language. IAM refuses such a
document when it is applied. Until it is mended, the statement may apply, in Allow and in Deny alike, so that verdicts
that hang on it are `unknown`.

IAM also refuses what can be understood: ids of statements that are there twice or hold other characters than letters
and digits, actions without a service, resources that are neither an ARN nor `*`. Verdicts go by what such a policy
says.

Wrong:

```hcl
policy = jsonencode({ Statement = [{ Effect = \"allow\", Action = \"mq:RebootBroker\", Resource = \"*\" }] })
```

Right:

```hcl
policy = jsonencode({
  Version   = \"2012-10-17\"
  Statement = [{ Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = \"*\" }]
})
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for node in subject.graph.links.node_indices() {
        let Some(policy) = subject.graph.policy(node) else { continue };
        let Some(document) = &policy.document.after else { continue };
        let mut problems = subject.matrix.problems(document).to_vec();
        if matches!(policy.origin, PolicyOrigin::Inline | PolicyOrigin::CustomerManaged) {
            problems.extend(subject.matrix.compiled(document).iter().flat_map(|one| one.refused()));
        }
        let Some(first) = problems.first() else { continue };
        let more = match problems.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count.saturating_sub(1)),
        };
        drafts.push(Draft {
            identity: policy.id.to_string(),
            message: format!("The policy of {} is not valid: {first}{more}.", policy.id),
            help: "Mend the document; `aws accessanalyzer validate-policy` explains each element.".into(),
            location: match statement_at(subject.matrix.compiled(document), &first.place) {
                Some((document, statement)) => locate(subject, policy, document, statement, None),
                None => (subject.locate)(&policy.id, "policy"),
            },
            ..Draft::default()
        });
    }
    drafts
}

/// The statement that a place such as `Statement[2].Action` is in.
fn statement_at<'a>(
    document: Option<&'a PolicyDocument>,
    place: &str,
) -> Option<(&'a PolicyDocument, &'a Statement)> {
    let document = document?;
    let (index, _) = place.strip_prefix("Statement[")?.split_once(']')?;
    let index: usize = index.parse().ok()?;
    let statement = document.statements().iter().find(|statement| statement.index() == index)?;
    Some((document, statement))
}
