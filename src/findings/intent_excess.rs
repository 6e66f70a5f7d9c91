//! Access that is given and not meant.

use super::{Draft, Kind, Rule, Severity, Subject};
use super::{matters, mend};
use crate::intent::What;

pub(super) const RULE: Rule = Rule {
    id: "intent-excess",
    kind: Kind::Excess,
    severity: Severity::Error,
    summary: "A principal will be able to do something that the intent does not give it",
    documentation: "\
# intent-excess

After apply a principal can create, reboot or delete a broker that some block of the intent names, and no block
`access` lets it. A verdict that depends on the request (`conditional`) counts as given. Updates are judged where the
intent speaks of `update` at all.

Wrong, with an intent that lets `aws_iam_role.ops` do nothing but reboot the broker:

```hcl
resource \"aws_iam_role_policy\" \"ops\" {
  role   = aws_iam_role.ops.name
  policy = jsonencode({
    Version   = \"2012-10-17\"
    Statement = [{ Effect = \"Allow\", Action = \"mq:*\", Resource = \"*\" }]
  })
}
```

Right:

```hcl
resource \"aws_iam_role_policy\" \"ops\" {
  role   = aws_iam_role.ops.name
  policy = jsonencode({
    Version   = \"2012-10-17\"
    Statement = [{ Effect = \"Allow\", Action = \"mq:RebootBroker\", Resource = aws_mq_broker.main.arn }]
  })
}
```
",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Draft> {
    matters::of(subject, What::Excess)
        .map(|told| {
            let mut draft = matters::given(&told, subject);
            draft.message = format!(
                "{} will be able to {}, and no block of the intent lets it.",
                told.principal,
                told.deed()
            );
            draft.help =
                "Take it out of the statement that gives it, or deny it; if it is meant, say so in a block \
                          `access`."
                    .into();
            draft.fix = mend::excess(&told, subject);
            draft
        })
        .collect()
}
