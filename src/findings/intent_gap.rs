//! Access that is meant and not given.

use super::{Draft, Kind, Rule, Severity, Subject};
use super::{matters, mend};
use crate::iam::Effect;
use crate::intent::What;

pub(super) const RULE: Rule = Rule {
    id: "intent-gap",
    kind: Kind::Gap,
    severity: Severity::Error,
    summary: "A principal may do something, by the intent, that it will not be able to do",
    documentation: "\
# intent-gap

A block `access` of the intent lets a principal create, reboot, delete or update a broker, and after apply every such
call will be denied. A verdict that depends on the request (`conditional`) is not a gap, and neither is one that is not
known: `intent-undecided` tells that.

Wrong, with an intent that lets `aws_iam_role.ops` reboot the broker:

```hcl
resource \"aws_iam_role_policy\" \"ops\" {
  role   = aws_iam_role.ops.name
  policy = jsonencode({
    Version   = \"2012-10-17\"
    Statement = [{ Effect = \"Allow\", Action = \"mq:DescribeBroker\", Resource = aws_mq_broker.main.arn }]
  })
}
```

Right:

```hcl
resource \"aws_iam_role_policy\" \"ops\" {
  role   = aws_iam_role.ops.name
  policy = jsonencode({
    Version   = \"2012-10-17\"
    Statement = [{
      Effect   = \"Allow\"
      Action   = [\"mq:DescribeBroker\", \"mq:RebootBroker\"]
      Resource = aws_mq_broker.main.arn
    }]
  })
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    matters::of(subject, What::Gap)
        .map(|told| {
            let denying = told.behind(subject, Effect::Deny);
            let allowing = told.behind(subject, Effect::Allow);
            let mut draft = told.draft();
            draft.message = format!(
                "{} may {}, and will not be able to: {}.",
                told.principal,
                told.deed(),
                match () {
                    () if !denying.is_empty() => "a statement denies it",
                    () if !allowing.is_empty() =>
                        "another account, a permissions boundary, a service control policy, or a condition that no \
                         request meets, keeps it from that",
                    () => "no statement allows it",
                }
            );
            draft.help = match denying.first() {
                Some(statement) => format!(
                    "Take it out of {}; nothing that is added can allow what it denies.",
                    statement.title()
                ),
                None => format!("Allow it, or take it out of {}.", told.block()),
            };
            draft.location = told.block_location();
            draft.related = denying.iter().map(|statement| statement.related(subject, "denied")).collect();
            draft
                .related
                .extend(allowing.iter().map(|statement| statement.related(subject, "allowed in part")));
            draft.fix = mend::gap(&told, subject);
            if draft.fix.is_none() && denying.is_empty() {
                let in_the_way = mend::in_the_way(&told, subject);
                draft.help = format!(
                    "No policy of the principal alone gives it, as the steps say: mend what stands in the way, or take \
                     it out of {}.",
                    told.block()
                );
                draft.related.extend(in_the_way);
            }
            draft
        })
        .collect()
}
