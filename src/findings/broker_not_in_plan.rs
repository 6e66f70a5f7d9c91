//! An ARN of no broker of the plan.

use super::about_mq::matches;
use super::every_broker_by_wildcard::is_wide;
use super::words::quoted;
use super::written::{Remark, statements};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::iam::{Pattern, Subject as Named};
use crate::text::Truth;

pub(super) const RULE: Rule = Rule {
    id: "broker-not-in-plan",
    kind: Kind::Gap,
    severity: Severity::Note,
    summary: "A statement names a broker by an ARN that no broker of this plan has",
    documentation: "\
# broker-not-in-plan

A statement names brokers by ARNs of the right shape, and no broker of the plan has such an ARN: a name may be
misspelt, a region may be another. Where brokers of other configurations are meant all is well, so this is a note; a
plan without any broker gives none.

Wrong:

```hcl
Resource = \"arn:aws:mq:eu-west-1:123456789012:broker:oders:*\"
```

Right:

```hcl
Resource = aws_mq_broker.orders.arn
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let brokers = subject.graph.brokers.iter().filter_map(|node| subject.graph.broker(*node));
    let facts =
        brokers.flat_map(|broker| [broker.facts.before.as_ref(), broker.facts.after.as_ref()]).flatten();
    let untouched = subject.plan.untouched.iter().filter(|change| &*change.address.kind == "aws_mq_broker");
    let untouched =
        untouched.filter_map(|change| Some(change.before.as_ref()?.member("arn").to_text()?.unmarked()));
    let mut arns: Vec<_> = facts.map(|facts| facts.arn.unmarked()).chain(untouched).collect();
    arns.sort();
    arns.dedup();
    let arns: Vec<Named> = arns.into_iter().map(Named::new).collect();
    if arns.is_empty() {
        return Vec::new();
    }
    let shapes = &subject.written().shapes;
    let is_elsewhere = |pattern: &&Pattern| {
        let source = pattern.source();
        !source.is_sensitive()
            && arns.iter().all(|arn| matches(pattern, arn) == Truth::False)
            && shapes.fits_broker(pattern)
            && shapes.mistake(pattern).is_none()
            && !is_wide(pattern)
    };
    statements(subject, |about| {
        let elsewhere: Vec<&Pattern> = about.resources().filter(is_elsewhere).collect();
        if elsewhere.is_empty() {
            return None;
        }
        let named = quoted(elsewhere.iter().map(|pattern| pattern.source().to_string()));
        Some(Remark {
            message: format!("no broker of this plan has an ARN like {named}"),
            help: "Compare name, region and account with those of the broker that is meant.".into(),
            detail: named,
            element: Some("Resource"),
            severity: None,
            ..Remark::default()
        })
    })
}
