//! Which resource types matter, and which of their attributes are never needed.

use super::address::Mode;
use super::model::Action;
use crate::aws::services;
use crate::text::Shape;

/// The resource types, managed and data, that a [`Plan`](super::Plan) keeps; sorted.
///
/// They decide who may do what with a broker: brokers and their configurations, principals, policies and what binds
/// them, keys and grants, organizations, and what tells account, region and partition.
pub const KEPT_TYPES: &[&str] = &[
    "aws_arn",
    "aws_caller_identity",
    "aws_cloudwatch_log_resource_policy",
    "aws_cognito_identity_pool_roles_attachment",
    "aws_default_tags",
    "aws_eks_pod_identity_association",
    "aws_iam_access_key",
    "aws_iam_account_alias",
    "aws_iam_group",
    "aws_iam_group_membership",
    "aws_iam_group_policies_exclusive",
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_iam_group_policy_attachments_exclusive",
    "aws_iam_instance_profile",
    "aws_iam_openid_connect_provider",
    "aws_iam_policy",
    "aws_iam_policy_attachment",
    "aws_iam_policy_document",
    "aws_iam_principal_policy_simulation",
    "aws_iam_role",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_iam_roles",
    "aws_iam_saml_provider",
    "aws_iam_service_linked_role",
    "aws_iam_session_context",
    "aws_iam_user",
    "aws_iam_user_group_membership",
    "aws_iam_user_policies_exclusive",
    "aws_iam_user_policy",
    "aws_iam_user_policy_attachment",
    "aws_iam_user_policy_attachments_exclusive",
    "aws_iam_users",
    "aws_identitystore_group",
    "aws_identitystore_group_membership",
    "aws_identitystore_groups",
    "aws_identitystore_user",
    "aws_identitystore_users",
    "aws_kms_alias",
    "aws_kms_external_key",
    "aws_kms_grant",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_key",
    "aws_mq_broker",
    "aws_mq_configuration",
    "aws_organizations_account",
    "aws_organizations_delegated_administrator",
    "aws_organizations_organization",
    "aws_organizations_organizational_unit",
    "aws_organizations_organizational_units",
    "aws_organizations_policies",
    "aws_organizations_policies_for_target",
    "aws_organizations_policy",
    "aws_organizations_policy_attachment",
    "aws_partition",
    "aws_region",
    "aws_rolesanywhere_profile",
    "aws_rolesanywhere_trust_anchor",
    "aws_service_principal",
    "aws_ssoadmin_account_assignment",
    "aws_ssoadmin_customer_managed_policy_attachment",
    "aws_ssoadmin_instance_access_control_attributes",
    "aws_ssoadmin_instances",
    "aws_ssoadmin_managed_policy_attachment",
    "aws_ssoadmin_permission_set",
    "aws_ssoadmin_permission_set_inline_policy",
    "aws_ssoadmin_permission_sets",
    "aws_ssoadmin_permissions_boundary_attachment",
    "aws_vpc_endpoint",
    "aws_vpc_endpoint_policy",
];

/// Whether resources of this type are kept.
pub fn is_kept(kind: &str) -> bool {
    is_kept_bytes(kind.as_bytes())
}

pub(super) fn is_kept_bytes(kind: &[u8]) -> bool {
    kind.starts_with(b"aws_") && KEPT_TYPES.binary_search_by(|kept| kept.as_bytes().cmp(kind)).is_ok()
}

/// Names of arguments that hold secrets. Nothing here ever needs them.
const SECRETS: &[&str] = &[
    "access_key",
    "client_secret",
    "encrypted_password",
    "encrypted_secret",
    "external_id",
    "password",
    "passwords",
    "private_key",
    "secret",
    "secret_access_key",
    "secret_key",
    "service_account_password",
    "ses_smtp_password_v4",
    "session_token",
    "shared_credentials_file",
    "token",
    "web_identity_token",
];

/// Whether an argument of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.binary_search(&name).is_ok() || name.ends_with("_password")
}

/// Whether a variable, an output or an input of a module goes by a name that people give to secrets.
pub(super) fn may_be_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "credential", "private_key", "access_key", "api_key"]
        .iter()
        .any(|word| name.contains(word))
}

/// Attributes that may hold secrets among other things, marked or not: they are read, and never shown.
pub(super) fn sensitive_attributes(kind: &str) -> &'static [&'static str] {
    match kind {
        // The document of a broker's configuration may hold passwords (LDAP).
        "aws_mq_configuration" => &["data"],
        _ => &[],
    }
}

/// Attributes that decide nothing, by type: they are dropped at reading. An expression that refers to one all the same
/// has an unknown value.
pub(super) fn unused_attributes(kind: Option<&str>) -> &'static [&'static str] {
    match kind {
        Some("aws_mq_broker") => &["instances", "timeouts"],
        Some("aws_iam_role") => {
            &["create_date", "description", "force_detach_policies", "max_session_duration"]
        }
        Some("aws_iam_user") => &["force_destroy"],
        Some("aws_iam_policy") => &["attachment_count", "description"],
        _ => &[],
    }
}

/// Provider arguments that matter. All others are dropped: they may hold credentials.
pub(super) const PROVIDER_ARGUMENTS: &[&str] = &[
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "default_tags",
    "forbidden_account_ids",
    "ignore_tags",
    "profile",
    "region",
];

/// What is known of the unknown value at `path` of a resource.
pub(super) fn shape(mode: Mode, kind: &str, action: Action, path: &str) -> Shape {
    let is_new = mode == Mode::Managed && matches!(action, Action::Create | Action::Replace);
    match (kind, path) {
        ("aws_mq_broker", "id") if is_new => Shape::NEW_BROKER_ID,
        ("aws_mq_broker", "id" | "broker_id") => Shape::BROKER_ID,
        ("aws_iam_role", "unique_id") if is_new => Shape::NEW_ROLE_ID,
        ("aws_iam_user", "unique_id") if is_new => Shape::NEW_USER_ID,
        ("aws_iam_group" | "aws_iam_instance_profile", "unique_id") | ("aws_iam_policy", "policy_id")
            if is_new =>
        {
            Shape::NEW_IAM_UNIQUE_ID
        }
        ("aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key", "id" | "key_id") if is_new => {
            Shape::NEW_KEY_ID
        }
        ("aws_organizations_account", "id") if is_new => Shape::NEW_ACCOUNT_ID,
        ("aws_ssoadmin_permission_set", "arn") if is_new => Shape::NEW,
        // What names are made of, by the documentation of these resources.
        ("terraform_data", "id") | ("random_uuid", "id" | "result") if is_new => Shape::NEW_UUID,
        ("random_id", "hex") => Shape::HEX,
        ("aws_caller_identity", "account_id" | "id") | ("aws_organizations_account", "id") => {
            Shape::ACCOUNT_ID
        }
        ("aws_region", "name" | "id" | "region") => Shape::REGION,
        ("aws_partition", "partition" | "id") => Shape::PARTITION,
        (_, "arn") if mode == Mode::Managed => services::arn_shape(kind).unwrap_or(Shape::ANY),
        _ => Shape::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT_TYPES, PROVIDER_ARGUMENTS, SECRETS, is_kept, is_secret};

    #[test]
    fn tables_are_sorted() {
        for table in [KEPT_TYPES, SECRETS, PROVIDER_ARGUMENTS] {
            assert!(table.is_sorted());
        }
    }

    #[test]
    fn types_and_secrets_are_told_apart() {
        assert!(
            is_kept("aws_mq_broker") && is_kept("aws_vpc_endpoint_policy") && is_kept("aws_caller_identity")
        );
        assert!(!is_kept("aws_instance") && !is_kept("aws_mq_brokers"));
        assert!(is_secret("password") && is_secret("service_account_password"));
        assert!(!is_secret("passwordless") && !is_secret("username"));
    }
}
