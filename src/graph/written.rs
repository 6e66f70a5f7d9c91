//! Where a policy's document is written in the configuration.

use super::Policy;

/// The argument that holds a policy's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenIn<'a> {
    /// The address of the resource.
    pub address: &'a str,
    /// The nested block, by its type and its `name`.
    pub block: Option<(&'static str, &'a str)>,
    /// The argument.
    pub argument: &'static str,
}

const INLINE_BLOCK: &str = ".inline_policy[";

impl Policy {
    /// Where the document is written; for a policy that no resource holds, such as those of AWS, what this gives is in no
    /// configuration.
    pub fn written_in(&self) -> WrittenIn<'_> {
        if let Some((address, label)) = self.id.split_once(INLINE_BLOCK) {
            let name = label.strip_prefix('"').and_then(|label| label.strip_suffix("\"]"));
            return match name {
                Some(name) => WrittenIn { address, block: Some(("inline_policy", name)), argument: "policy" },
                None => WrittenIn { address, block: None, argument: "inline_policy" },
            };
        }
        let argument = match &*self.id {
            id if id.contains("aws_ssoadmin_permission_set_inline_policy.") => "inline_policy",
            id if id.contains("aws_organizations_policy.") => "content",
            _ => "policy",
        };
        WrittenIn { address: &self.id, block: None, argument }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PerState, Policy, PolicyOrigin};

    #[test]
    fn inline_blocks_and_permission_sets_hold_documents_in_arguments_of_their_own() {
        let written = |id: &str| {
            let document = PerState { before: None, after: None };
            let policy = Policy { id: id.into(), origin: PolicyOrigin::Inline, document };
            let place = policy.written_in();
            (place.address.to_owned(), place.block.map(|(_, name)| name.to_owned()), place.argument)
        };
        assert_eq!(written("aws_iam_policy.a[0]"), ("aws_iam_policy.a[0]".into(), None, "policy"));
        assert_eq!(
            written("module.m[\"x\"].aws_iam_role.r.inline_policy[\"ops\"]"),
            ("module.m[\"x\"].aws_iam_role.r".into(), Some("ops".into()), "policy")
        );
        assert_eq!(
            written("aws_iam_role.r.inline_policy[0]"),
            ("aws_iam_role.r".into(), None, "inline_policy")
        );
        assert_eq!(written("aws_ssoadmin_permission_set_inline_policy.p").2, "inline_policy");
    }
}
