//! Network-interface permissions for every service.

use super::about_mq::limits;
use super::written::{Groups, Remark};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::graph::PolicyOrigin;
use crate::iam::{Condition, ContextTable, Effect, KeyValue, Pattern, PolicyDocument, Request, Statement};
use crate::text::Text;

pub(super) const RULE: Rule = Rule {
    id: "open-network-interface-permission",
    kind: Kind::Excess,
    severity: Severity::Warning,
    summary: "Network-interface permissions can be given to any service or account",
    documentation: "\
# open-network-interface-permission

`ec2:CreateNetworkInterfacePermission` lets somebody else, a service or another account, attach a network interface of
yours. Amazon MQ needs it for itself alone: the policy of its guide limits the action with `ec2:AuthorizedService =
mq.amazonaws.com`.

Wrong:

```hcl
{ Effect = \"Allow\", Action = \"ec2:CreateNetworkInterfacePermission\", Resource = \"*\" }
```

Right:

```hcl
{
  Effect    = \"Allow\"
  Action    = \"ec2:CreateNetworkInterfacePermission\"
  Resource  = \"*\"
  Condition = { StringEquals = { \"ec2:AuthorizedService\" = \"mq.amazonaws.com\" } }
}
```
",
    check,
};

const ACTION: &str = "ec2:CreateNetworkInterfacePermission";

/// The keys that limit to whom the permission is given, each with a value that nobody means.
const LIMITS: [(&str, &str); 2] = [
    ("ec2:AuthorizedService", "some-other-service.amazonaws.com"),
    ("ec2:AuthorizedUser", "arn:aws:iam::000000000000:root"),
];

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let request = Request::new(ACTION, Text::from("*"));
    let compiled = subject.matrix.all_compiled();
    let written = subject.written();
    let about_mq = |number: usize| {
        let statements = written.about.get(number).into_iter().flatten();
        statements.map(|about| about.effect).any(|effect| effect == Effect::Allow)
    };
    let found: Vec<Vec<(&Statement, String)>> = compiled
        .iter()
        .enumerate()
        .map(|(number, document)| open(document, &request, about_mq(number)))
        .collect();
    let mut groups = Groups::default();
    for held in written.policies.iter().filter(|held| held.policy.origin != PolicyOrigin::ServiceControl) {
        let Some(document) = compiled.get(held.document) else { continue };
        for (statement, action) in found.get(held.document).into_iter().flatten() {
            let remark = Remark {
                message: format!(
                    "`{action}` without a limit on `ec2:AuthorizedService` lets any service or account be given a network interface"
                ),
                help:
                    "Add the condition `StringEquals = { \"ec2:AuthorizedService\" = \"mq.amazonaws.com\" }`."
                        .into(),
                element: Some("Action"),
                ..Remark::default()
            };
            groups.add(held.policy, document, statement, &remark);
        }
    }
    groups.drafts(subject)
}

/// Whether a condition limits to whom the permission is given: for one that is meant, not for any.
fn is_limit(condition: &Condition) -> bool {
    let of_key = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(condition.key().lower());
    let Some((key, other)) = LIMITS.iter().find(of_key) else { return false };
    let mut table = ContextTable::new();
    table.insert(key, KeyValue::one(*other));
    limits(condition) && !condition.holds(&table).is_true()
}

/// The statements that give the action by its name, and in a policy about Amazon MQ by a wildcard that was made for it.
fn open<'a>(document: &'a PolicyDocument, request: &Request, about_mq: bool) -> Vec<(&'a Statement, String)> {
    let names = |pattern: &Pattern| {
        let Some(text) = pattern.source().as_known() else { return false };
        let is_exact = text.eq_ignore_ascii_case(ACTION);
        let is_made_for_it = || about_mq && text.to_ascii_lowercase().contains("networkinterface");
        super::about_mq::matches(pattern, request.action()).is_true() && (is_exact || is_made_for_it())
    };
    let mut found = Vec::new();
    for statement in document.statements() {
        let actions = statement.actions().filter(|actions| !actions.is_negated());
        let pattern = actions.and_then(|actions| actions.patterns().find(|pattern| names(pattern)));
        let limited = statement.conditions().iter().any(is_limit);
        if let (Some(pattern), Some(Effect::Allow), false) = (pattern, statement.effect(), limited)
            && statement.unknown_conditions().is_empty()
        {
            found.push((statement, pattern.source().to_string()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{ACTION, open};
    use crate::iam::{PolicyDocument, Request};
    use crate::text::Text;

    #[test]
    fn a_limit_is_to_somebody() {
        let is_open = |condition: &str| {
            let json = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{ACTION}","Resource":"*","Condition":{condition}}}}}"#
            );
            let document = PolicyDocument::parse(&Text::from(json.as_str()));
            !open(&document, &Request::new(ACTION, Text::from("*")), false).is_empty()
        };
        assert!(!is_open(r#"{"StringEquals":{"ec2:AuthorizedService":"mq.amazonaws.com"}}"#));
        assert!(!is_open(r#"{"StringLike":{"EC2:authorizedservice":["mq.*","rds.amazonaws.com"]}}"#));
        assert!(!is_open(r#"{"ArnEquals":{"ec2:AuthorizedUser":"arn:aws:iam::123456789012:root"}}"#));
        assert!(is_open(r#"{"StringLike":{"ec2:AuthorizedService":"*.amazonaws.com"}}"#));
        assert!(is_open(r#"{"ArnLike":{"ec2:AuthorizedUser":"arn:aws:iam::*:root"}}"#));
        assert!(is_open(r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#));
    }
}
