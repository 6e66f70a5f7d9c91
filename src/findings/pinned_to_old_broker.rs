//! A statement pinned to the ARN of a broker that this plan replaces or destroys.

use super::about_mq::{AboutMq, matches};
use super::written::{Remark, statements};
use super::{Draft, Kind, Rule, Severity, Subject};
use crate::graph::{Broker, Change};
use crate::iam::{Effect, Pattern, Subject as Named};
use crate::text::Truth;

pub(super) const RULE: Rule = Rule {
    id: "pinned-to-old-broker",
    kind: Kind::Mistake,
    severity: Severity::Warning,
    summary: "A statement names a broker that this plan replaces or destroys by its old ARN",
    documentation: "\
# pinned-to-old-broker

The ARN of a broker ends in an id that is made when the broker is made. Replacing a broker gives it another id, and a
statement that has the old ARN written out stops to match: what it allowed is gone, and what it denied is open. For a
Deny the finding is an error, for a broker that is destroyed for good it is a note.

Wrong:

```hcl
Resource = \"arn:aws:mq:eu-west-1:123456789012:broker:orders:b-1234a5b6-78cd-901e-2fa3-bcd4e5f6a7b8\"
```

Right:

```hcl
Resource = aws_mq_broker.orders.arn
```
",
    check,
};

struct Old<'a> {
    broker: &'a Broker,
    arn: Named,
    new: Option<Named>,
}

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    let old: Vec<Old<'_>> =
        subject.graph.brokers.iter().filter_map(|node| old(subject.graph.broker(*node)?)).collect();
    if old.is_empty() {
        return Vec::new();
    }
    statements(subject, |about| {
        let (pattern, old) = about
            .resources()
            .find_map(|pattern| old.iter().find(|old| is_pinned(pattern, old)).map(|old| (pattern, old)))?;
        let name = &old.broker.id;
        let replaced = old.new.is_some();
        Some(Remark {
            message: if replaced {
                format!(
                    "`{}` is for {name} as it is now, and this plan replaces it: the new broker has another {}, and \
                     for that it {} nothing there",
                    pattern.source(),
                    if is_renamed(old.broker) { "name" } else { "id" },
                    about.verb()
                )
            } else {
                format!("`{}` is the ARN of {name}, which this plan destroys", pattern.source())
            },
            help: if replaced {
                format!(
                    "Refer to `{name}.arn`, or leave the id open (`…:broker:NAME:*`); `ignore_changes` on the policy keeps the old ARN."
                )
            } else {
                "Take it out.".into()
            },
            detail: name.to_string(),
            element: Some("Resource"),
            severity: severity(about, replaced),
            ..Remark::default()
        })
    })
}

fn severity(about: &AboutMq<'_>, replaced: bool) -> Option<Severity> {
    match (replaced, about.effect) {
        (false, _) => Some(Severity::Note),
        (true, Effect::Deny) => Some(Severity::Error),
        (true, Effect::Allow) => None,
    }
}

fn is_renamed(broker: &Broker) -> bool {
    let names =
        [&broker.facts.before, &broker.facts.after].map(|facts| facts.as_ref().map(|facts| &facts.name));
    matches!(names, [Some(before), Some(after)] if before.equals(after).is_false())
}

fn old(broker: &Broker) -> Option<Old<'_>> {
    if !matches!(broker.change, Change::Replace | Change::Delete) {
        return None;
    }
    let before = broker.facts.before.as_ref()?;
    let named = |arn: &crate::text::Text| Named::new(arn.unmarked());
    before.arn.as_known()?;
    Some(Old {
        broker,
        arn: named(&before.arn),
        new: broker.facts.after.as_ref().map(|facts| named(&facts.arn)),
    })
}

fn is_pinned(pattern: &Pattern, old: &Old<'_>) -> bool {
    let Some(written) = pattern.source().as_known() else { return false };
    match &old.new {
        Some(new) => matches(pattern, &old.arn) == Truth::True && matches(pattern, new) == Truth::False,
        None => old.arn.as_known() == Some(written),
    }
}
