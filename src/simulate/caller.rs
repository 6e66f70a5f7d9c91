//! What follows from the ARN of the caller.

use crate::iam::{ContextTable, KeyName, KeyValue};

/// Adds the keys that follow from the caller's ARN, each unless it is given. The error says what is wrong.
///
/// The keys are those of the IAM User Guide's page on global condition keys: the ARN of a role's session is the
/// role's, and only a user has a name.
pub(super) fn add(caller: &str, context: &mut ContextTable) -> Result<(), String> {
    let parts: Vec<&str> = caller.splitn(6, ':').collect();
    let [prefix, partition, service, _, account, resource] = parts.as_slice() else {
        return Err(format!("CallerArn `{caller}` is no ARN"));
    };
    if *prefix != "arn" || resource.is_empty() {
        return Err(format!("CallerArn `{caller}` is no ARN"));
    }
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    let (principal, principal_type) = match (*service, kind) {
        ("iam", "user") => (caller.to_owned(), Some("User")),
        ("iam", "role") => (caller.to_owned(), Some("AssumedRole")),
        ("iam", "root") => (caller.to_owned(), Some("Account")),
        ("sts", "assumed-role") => {
            let role = name.split_once('/').map_or(name, |(role, _)| role);
            (format!("arn:{partition}:iam::{account}:role/{role}"), Some("AssumedRole"))
        }
        ("sts", "federated-user") => (caller.to_owned(), Some("FederatedUser")),
        _ => (caller.to_owned(), None),
    };
    let mut set = |key: &str, value: &str| {
        if context.get(&KeyName::new(key)).is_none() {
            context.insert(key, KeyValue::one(value));
        }
    };
    set("aws:PrincipalArn", &principal);
    if !account.is_empty() {
        set("aws:PrincipalAccount", account);
    }
    if let Some(principal_type) = principal_type {
        set("aws:PrincipalType", principal_type);
    }
    if principal_type == Some("User") {
        let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
        set("aws:username", name);
    }
    Ok(())
}
