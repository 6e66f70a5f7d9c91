//! Which attributes are links, documents or names, by resource type: what is worth recovering, and what a reference
//! must lead to in order to stand there.

/// What belongs in an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The ARN of a policy.
    PolicyArn,
    /// The name of a role, user or group; the types that may stand there.
    Name(&'static str),
    /// The ARN of a permission set.
    PermissionSetArn,
    /// A policy document as JSON text.
    Document,
    /// The ARN or id of a key of AWS KMS.
    Key,
    /// The id of a configuration of brokers.
    Configuration,
    /// The id of a policy of the organization.
    OrganizationPolicy,
    /// The id of a root, a unit or an account of the organization.
    OrganizationTarget,
    /// Anything else: taken from the source only, never from references.
    Other,
}

impl Wanted {
    /// Whether `attribute` of a resource of type `kind` is of the wanted kind. An empty `attribute` stands for the
    /// whole resource, whose fitting attribute is then meant.
    pub fn accepts(self, kind: &str, attribute: &str) -> Option<&'static str> {
        match self {
            Self::PolicyArn => match (kind, attribute) {
                ("aws_iam_policy", "" | "arn" | "id") | ("data.aws_iam_policy", "" | "arn") => Some("arn"),
                _ => None,
            },
            Self::PermissionSetArn => match (kind, attribute) {
                ("aws_ssoadmin_permission_set" | "data.aws_ssoadmin_permission_set", "" | "arn") => {
                    Some("arn")
                }
                _ => None,
            },
            Self::Name(owner) => match attribute {
                "" | "name" | "id" if kind.strip_prefix("data.").unwrap_or(kind) == owner => Some("name"),
                _ => None,
            },
            Self::Document => match (kind, attribute) {
                ("data.aws_iam_policy_document", "json" | "minified_json") => Some("json"),
                (
                    "aws_iam_policy"
                    | "data.aws_iam_policy"
                    | "aws_iam_role_policy"
                    | "aws_iam_user_policy"
                    | "aws_iam_group_policy"
                    | "aws_kms_key"
                    | "aws_kms_key_policy",
                    "policy",
                ) => Some("policy"),
                _ => None,
            },
            Self::Key => match (kind, attribute) {
                (
                    "aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key" | "data.aws_kms_key",
                    "" | "arn",
                ) => Some("arn"),
                ("aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key", "id" | "key_id") => {
                    Some("id")
                }
                _ => None,
            },
            Self::Configuration => match (kind, attribute) {
                ("aws_mq_configuration", "" | "id") => Some("id"),
                _ => None,
            },
            Self::OrganizationPolicy => match (kind, attribute) {
                ("aws_organizations_policy" | "data.aws_organizations_policy", "" | "id") => Some("id"),
                _ => None,
            },
            Self::OrganizationTarget => match (kind, attribute) {
                (
                    "aws_organizations_organizational_unit"
                    | "aws_organizations_account"
                    | "data.aws_organizations_organizational_unit",
                    "" | "id",
                ) => Some("id"),
                ("aws_organizations_organization" | "data.aws_organizations_organization", "roots") => {
                    Some("roots")
                }
                _ => None,
            },
            Self::Other => None,
        }
    }
}

const ROLE: Wanted = Wanted::Name("aws_iam_role");
const USER: Wanted = Wanted::Name("aws_iam_user");
const GROUP: Wanted = Wanted::Name("aws_iam_group");

/// The attributes of a managed resource type that decide access, with what belongs in each. Names come first, as
/// others are made from them.
pub(super) fn attributes(kind: &str) -> &'static [(&'static str, Wanted)] {
    use Wanted::{Document, Key, OrganizationPolicy, OrganizationTarget, Other, PermissionSetArn, PolicyArn};
    match kind {
        "aws_mq_broker" => &[
            ("broker_name", Other),
            ("engine_type", Other),
            ("tags", Other),
            ("publicly_accessible", Other),
            ("security_groups", Other),
            ("subnet_ids", Other),
        ],
        "aws_mq_configuration" => &[("data", Other)],
        "aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key" => {
            &[("tags", Other), ("policy", Document)]
        }
        "aws_kms_key_policy" => &[("key_id", Key), ("policy", Document)],
        "aws_iam_role" => &[
            ("name", Other),
            ("name_prefix", Other),
            ("path", Other),
            ("tags", Other),
            ("permissions_boundary", PolicyArn),
            ("assume_role_policy", Document),
            ("managed_policy_arns", PolicyArn),
        ],
        "aws_iam_user" => {
            &[("name", Other), ("path", Other), ("tags", Other), ("permissions_boundary", PolicyArn)]
        }
        "aws_iam_group" => &[("name", Other), ("path", Other)],
        "aws_iam_instance_profile" => &[("name", Other), ("role", ROLE)],
        "aws_iam_openid_connect_provider" => &[("url", Other)],
        "aws_iam_policy" => &[("name", Other), ("name_prefix", Other), ("path", Other), ("policy", Document)],
        "aws_iam_role_policy" => &[("name", Other), ("role", ROLE), ("policy", Document)],
        "aws_iam_user_policy" => &[("name", Other), ("user", USER), ("policy", Document)],
        "aws_iam_group_policy" => &[("name", Other), ("group", GROUP), ("policy", Document)],
        "aws_iam_role_policy_attachment" => &[("role", ROLE), ("policy_arn", PolicyArn)],
        "aws_iam_user_policy_attachment" => &[("user", USER), ("policy_arn", PolicyArn)],
        "aws_iam_group_policy_attachment" => &[("group", GROUP), ("policy_arn", PolicyArn)],
        "aws_iam_policy_attachment" => {
            &[("policy_arn", PolicyArn), ("roles", ROLE), ("users", USER), ("groups", GROUP)]
        }
        "aws_iam_group_membership" => &[("group", GROUP), ("users", USER)],
        "aws_iam_user_group_membership" => &[("user", USER), ("groups", GROUP)],
        "aws_iam_role_policies_exclusive" => &[("role_name", ROLE), ("policy_names", Other)],
        "aws_iam_user_policies_exclusive" => &[("user_name", USER), ("policy_names", Other)],
        "aws_iam_group_policies_exclusive" => &[("group_name", GROUP), ("policy_names", Other)],
        "aws_iam_role_policy_attachments_exclusive" => &[("role_name", ROLE), ("policy_arns", PolicyArn)],
        "aws_iam_user_policy_attachments_exclusive" => &[("user_name", USER), ("policy_arns", PolicyArn)],
        "aws_iam_group_policy_attachments_exclusive" => &[("group_name", GROUP), ("policy_arns", PolicyArn)],
        "aws_organizations_policy" => &[("name", Other), ("type", Other), ("content", Document)],
        "aws_organizations_policy_attachment" => {
            &[("policy_id", OrganizationPolicy), ("target_id", OrganizationTarget)]
        }
        "aws_organizations_organizational_unit" | "aws_organizations_account" => {
            &[("parent_id", OrganizationTarget)]
        }
        "aws_iam_saml_provider" | "aws_ssoadmin_permission_set" => &[("name", Other)],
        "aws_ssoadmin_permission_set_inline_policy" => {
            &[("permission_set_arn", PermissionSetArn), ("inline_policy", Document)]
        }
        "aws_ssoadmin_managed_policy_attachment" => {
            &[("permission_set_arn", PermissionSetArn), ("managed_policy_arn", PolicyArn)]
        }
        "aws_ssoadmin_account_assignment"
        | "aws_ssoadmin_customer_managed_policy_attachment"
        | "aws_ssoadmin_permissions_boundary_attachment" => {
            &[("permission_set_arn", PermissionSetArn), ("target_id", Other)]
        }
        _ => &[],
    }
}

/// Whether an attribute holds a list or set.
pub(super) fn is_list(attribute: &str) -> bool {
    matches!(attribute, "roles" | "users" | "groups" | "managed_policy_arns" | "policy_arns" | "policy_names")
}

/// The nested blocks of a managed resource type that decide access, each with an argument of theirs that references can
/// tell, and what belongs in it.
pub(super) fn blocks(kind: &str) -> &'static [(&'static str, &'static str, Wanted)] {
    match kind {
        "aws_iam_role" => &[("inline_policy", "policy", Wanted::Document)],
        "aws_mq_broker" => &[
            ("encryption_options", "kms_key_id", Wanted::Key),
            ("logs", "general", Wanted::Other),
            ("configuration", "id", Wanted::Configuration),
        ],
        _ => &[],
    }
}
