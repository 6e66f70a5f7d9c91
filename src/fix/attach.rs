//! Writes a policy with what attaches it to its principal, or a statement that takes the place of another.

use super::hcl::{self, attributes};
use super::{Place, Statement, Suggestion};
use crate::graph::PrincipalKind;
use crate::hash::short;

/// IAM allows names of policies no longer than this.
const LONGEST_NAME: usize = 128;

/// All inline policies of a user together may have 2,048 characters: a longer one than this is attached instead.
const LONGEST_OF_USER: usize = 900;

/// How the policy of a principal is attached.
struct Holder {
    resource: &'static str,
    target: &'static str,
    policy: &'static str,
}

fn holder(kind: PrincipalKind) -> Holder {
    let (resource, target, policy) = match kind {
        PrincipalKind::Role => ("aws_iam_role_policy", "role", "policy"),
        PrincipalKind::User => ("aws_iam_user_policy", "user", "policy"),
        PrincipalKind::Group => ("aws_iam_group_policy", "group", "policy"),
        PrincipalKind::PermissionSet => {
            ("aws_ssoadmin_permission_set_inline_policy", "permission_set_arn", "inline_policy")
        }
    };
    Holder { resource, target, policy }
}

/// A policy of its own for the principal of the place. `purpose` are words that tell it from other suggestions, such
/// as `reboot orders`; `None` where something in it has no name at the place.
pub fn attach(place: &Place<'_>, purpose: &str, statements: &[Statement]) -> Option<Suggestion> {
    let names = |text: &crate::text::Text| place.write(text);
    let Holder { resource, target, policy } = holder(place.kind);
    let name = policy_name(&place.principal, purpose);
    let label = label(&name);
    let exclusive = place.exclusive();
    if exclusive.as_ref().is_some_and(|role| role.module != place.module || role.key.is_some()) {
        // The block of the role is out of reach from here, or stands for several roles.
        return None;
    }
    let mut entries = Vec::new();
    if place.kind == PrincipalKind::PermissionSet {
        let instance = place.target()?.strip_suffix(".arn").map(|set| format!("{set}.instance_arn"))?;
        entries.push(("instance_arn".to_owned(), instance));
    } else {
        entries.push(("name".to_owned(), hcl::quoted(&name)));
    }
    if exclusive.is_none() {
        entries.push((target.to_owned(), place.target()?.to_owned()));
    }
    let header = match &exclusive {
        Some(_) => "inline_policy {".to_owned(),
        None => format!("resource \"{resource}\" \"{label}\" {{"),
    };
    let objects: Option<Vec<String>> =
        statements.iter().map(|statement| statement.object(&names, 3)).collect();
    let objects: Vec<String> = objects?.into_iter().map(|object| format!("      {object},\n")).collect();
    let length = || objects.iter().flat_map(|object| object.split_whitespace()).map(str::len).sum::<usize>();
    let is_attached = place.kind == PrincipalKind::User && length() > LONGEST_OF_USER;
    let block = |policy_value: String| {
        let (mut own, mut link) = (entries.clone(), None);
        if is_attached {
            let arn = ("policy_arn".to_owned(), format!("aws_iam_policy.{label}.arn"));
            link = own.pop().map(|user| attributes(&[user, arn], 1));
        }
        own.push((policy.to_owned(), policy_value));
        let own = attributes(&own, 1);
        match link {
            None => format!("{header}\n{own}}}\n"),
            Some(link) => format!(
                "resource \"aws_iam_policy\" \"{label}\" {{\n{own}}}\n\n\
                 resource \"aws_iam_user_policy_attachment\" \"{label}\" {{\n{link}}}\n"
            ),
        }
    };
    let blocks: Option<Vec<String>> = statements.iter().map(|statement| statement.block(&names, 1)).collect();
    let policy_document = format!(
        "data \"aws_iam_policy_document\" \"{label}\" {{\n{}}}\n\n{}",
        blocks?.join("\n"),
        block(format!("data.aws_iam_policy_document.{label}.json"))
    );
    let json = format!(
        "jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [\n{}    ]\n  }})",
        objects.concat()
    );
    let title = match &exclusive {
        Some(role) => format!(
            "add the block inline_policy to {role}, whose inline policies are those of its block alone"
        ),
        None => title(place),
    };
    let title = match place.exclusive_list(is_attached).filter(|_| exclusive.is_none()) {
        Some((list, argument)) => {
            format!("{title}; and name it in {argument} of {list}, which takes away all others")
        }
        None => title,
    };
    Some(Suggestion { title, policy_document, jsonencode: block(json) })
}

/// Statements that take the place of one: as blocks of an `aws_iam_policy_document`, and as objects in `jsonencode`.
pub fn replace(place: &Place<'_>, statements: &[Statement]) -> Option<Suggestion> {
    let names = |text: &crate::text::Text| place.write(text);
    let blocks: Option<Vec<String>> = statements.iter().map(|statement| statement.block(&names, 0)).collect();
    let objects: Option<Vec<String>> =
        statements.iter().map(|statement| statement.object(&names, 0)).collect();
    Some(Suggestion {
        title: format!("in {}", place.title()),
        policy_document: blocks?.join("\n"),
        jsonencode: objects?.iter().flat_map(|object| [object, ",\n"]).collect(),
    })
}

fn title(place: &Place<'_>) -> String {
    let mut title = format!("add this to {}", place.title());
    if !place.patterns.is_empty() {
        let brokers = place.patterns.join(", ");
        title = format!("{title}; it names {brokers} by a pattern, because no output gives the ARN there");
    }
    title
}

/// A name made of the principal's address and the purpose. What makes two addresses alike in it is told by a suffix.
fn policy_name(principal: &str, purpose: &str) -> String {
    let stem = principal.trim_start_matches("external:").replace("aws_iam_", "").replace("aws_ssoadmin_", "");
    let name = plain(&format!("{stem} {purpose}"));
    let is_plain = principal
        .chars()
        .chain(purpose.chars())
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' '));
    if is_plain && name.len() <= LONGEST_NAME {
        return name;
    }
    let suffix = short(&format!("{principal} {purpose}"));
    let kept: String =
        name.chars().take(LONGEST_NAME.saturating_sub(suffix.len().saturating_add(1))).collect();
    format!("{kept}-{suffix}")
}

/// Letters, digits and single dashes.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn label(name: &str) -> String {
    let label = name.replace('-', "_");
    if label.chars().next().is_some_and(|first| first.is_ascii_alphabetic()) {
        label
    } else {
        format!("p_{label}")
    }
}
