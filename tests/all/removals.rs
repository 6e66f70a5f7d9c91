//! What a plan takes away: against a reading of plans that is written here once more, for allowed actions alone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::needless_pass_by_value)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use mqwarden::analysis::{Analysis, Options};
use mqwarden::plan::{self, Input};
use mqwarden::report::verdict_name;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const OPERATIONS: [(&str, &str); 3] =
    [("create", "mq:CreateBroker"), ("reboot", "mq:RebootBroker"), ("delete", "mq:DeleteBroker")];

fn document(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
        .to_string()
}

fn change(kind: &str, name: &str, actions: &[&str], before: Option<Value>, after: Option<Value>) -> Value {
    json!({
        "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}},
    })
}

fn kept(kind: &str, name: &str, values: Value) -> Value {
    change(kind, name, &["no-op"], Some(values.clone()), Some(values))
}

/// What a plan does to a link: makes it, undoes it, leaves it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Made,
    Undone,
    Left,
}

impl Fate {
    fn change(self, kind: &str, name: &str, values: Value) -> Value {
        match self {
            Self::Made => change(kind, name, &["create"], None, Some(values)),
            Self::Undone => change(kind, name, &["delete"], Some(values), None),
            Self::Left => kept(kind, name, values),
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    select(vec![Fate::Made, Fate::Undone, Fate::Left])
}

fn principal(kind: &str, name: &str) -> Value {
    let path = kind.strip_prefix("aws_iam_").unwrap();
    kept(
        kind,
        name,
        json!({
            "name": name, "path": "/", "id": name, "arn": format!("arn:aws:iam::{ACCOUNT}:{path}/{name}"), "tags_all": {},
        }),
    )
}

fn policy(name: &str, action: &str) -> Value {
    let arn = policy_arn(name);
    kept(
        "aws_iam_policy",
        name,
        json!({"name": name, "arn": arn, "id": arn, "path": "/", "policy": document(action)}),
    )
}

fn policy_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
}

fn broker() -> Value {
    let id = "b-00000000-0000-4000-8000-000000000000";
    kept(
        "aws_mq_broker",
        "main",
        json!({
            "broker_name": "main", "engine_type": "ActiveMQ", "id": id, "tags_all": {},
            "arn": format!("arn:aws:mq:eu-west-1:{ACCOUNT}:broker:main:{id}"),
        }),
    )
}

/// By principal: the operations that are allowed after apply; every other verdict has to be a denial.
fn allowed_after(changes: &[Value], configured: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<&'static str>> {
    let found = after(changes, configured);
    assert!(found.values().all(|(_, open)| open.is_empty()), "{found:?}");
    found.into_iter().map(|(principal, (allowed, _))| (principal, allowed)).collect()
}

/// By principal: the operations that are allowed after apply, and those of which that is unknown.
type After = BTreeMap<String, (BTreeSet<&'static str>, BTreeSet<&'static str>)>;

fn after(changes: &[Value], configured: &[(&str, &str)]) -> After {
    let blocks: Vec<Value> = configured
        .iter()
        .map(|(address, argument)| {
            let (kind, name) = address.split_once('.').unwrap();
            json!({
                "address": address, "mode": "managed", "type": kind, "name": name, "provider_config_key": "aws",
                "expressions": {*argument: {"references": []}},
            })
        })
        .collect();
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": blocks}},
    });
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(plan.to_string().as_bytes()).unwrap();
    let plan = plan::read(Input::File(file.path().to_owned())).unwrap();
    let analysis = Analysis::new(plan, None, &Options::default());
    let mut allowed = After::new();
    analysis.with_report(|report| {
        for row in report.rows() {
            let (operations, open) = allowed.entry(row.principal.id.to_string()).or_default();
            match row.after.map(verdict_name) {
                Some("allowed") => drop(operations.insert(row.operation.name())),
                Some("unknown") => drop(open.insert(row.operation.name())),
                Some("denied") => {}
                other => panic!("{}: {other:?}", row.principal.id),
            }
        }
    });
    allowed
}

/// Whether a link stands after apply, of which these resources hold it; `None` where one makes it that another undoes, as
/// nothing tells which of the two is done first.
fn stands(fates: &[Fate]) -> Option<bool> {
    let any = |fate| fates.contains(&fate);
    match (any(Fate::Made), any(Fate::Undone)) {
        (true, true) => None,
        (true, false) => Some(true),
        (false, is_undone) => Some(any(Fate::Left) && !is_undone),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Removing a membership removes what came through it, and nothing else.
    #[test]
    fn memberships(
        own in subsequence(vec!["a", "b", "c"], 0..3),
        memberships in proptest::collection::vec((0..3usize, 0..3usize, fate()), 0..7),
    ) {
        let (users, groups) = (["a", "b", "c"], ["x", "y", "z"]);
        let mut changes = vec![broker()];
        for (group, (_, action)) in groups.iter().zip(OPERATIONS) {
            changes.push(principal("aws_iam_group", group));
            let values = json!({"group": group, "name": "own", "policy": document(action), "id": "id"});
            changes.push(kept("aws_iam_group_policy", group, values));
        }
        for user in users {
            changes.push(principal("aws_iam_user", user));
        }
        for user in &own {
            let values = json!({"user": user, "name": "own", "policy": document("mq:CreateBroker"), "id": "id"});
            changes.push(kept("aws_iam_user_policy", user, values));
        }
        let mut links: BTreeMap<(usize, usize), Vec<Fate>> = BTreeMap::new();
        for (number, (user, group, fate)) in memberships.iter().enumerate() {
            let values = json!({"user": users[*user], "groups": [groups[*group]], "id": "id"});
            changes.push(fate.change("aws_iam_user_group_membership", &format!("m{number}"), values));
            links.entry((*user, *group)).or_default().push(*fate);
        }
        let found = after(&changes, &[]);
        for (number, user) in users.iter().enumerate() {
            let (mut expected, mut open) = (BTreeSet::new(), BTreeSet::new());
            if own.contains(user) {
                expected.insert("create");
            }
            for (group, (operation, _)) in OPERATIONS.iter().enumerate() {
                match links.get(&(number, group)).map(|fates| stands(fates)) {
                    Some(Some(true)) => drop(expected.insert(*operation)),
                    // What is allowed anyway does not hang on it.
                    Some(None) if !expected.contains(operation) => drop(open.insert(*operation)),
                    _ => {}
                }
            }
            prop_assert_eq!(&found[&format!("aws_iam_user.{user}")], &(expected, open), "{}", user);
        }
    }

    /// A list that is there already leaves what it lists, and what the same apply attaches; never more.
    #[test]
    fn an_attachment_to_all(
        before in subsequence(vec!["a", "b", "c"], 1..3),
        after_list in subsequence(vec!["a", "b", "c"], 1..3),
        beside in proptest::collection::vec((select(vec!["a", "b", "c"]), fate()), 0..5),
    ) {
        let mut changes = vec![broker(), policy("p", "mq:RebootBroker")];
        for role in ["a", "b", "c"] {
            changes.push(principal("aws_iam_role", role));
        }
        let values = |roles: &[&str]| json!({"name": "all", "policy_arn": policy_arn("p"), "roles": roles, "users": [], "groups": []});
        let action = if before == after_list { "no-op" } else { "update" };
        changes.push(change("aws_iam_policy_attachment", "all", &[action], Some(values(&before)), Some(values(&after_list))));
        let mut links: BTreeMap<&str, Vec<Fate>> = BTreeMap::new();
        for (number, (role, fate)) in beside.iter().enumerate() {
            let values = json!({"role": role, "policy_arn": policy_arn("p"), "id": "id"});
            changes.push(fate.change("aws_iam_role_policy_attachment", &format!("v{number}"), values));
            links.entry(role).or_default().push(*fate);
        }
        let found = after(&changes, &[]);
        for role in ["a", "b", "c"] {
            let mut fates = links.get(role).cloned().unwrap_or_default();
            // What the list does not name it takes away, whoever has left it.
            fates.retain(|fate| *fate != Fate::Left);
            match (before.contains(&role), after_list.contains(&role)) {
                (true, true) => fates.push(Fate::Left),
                (false, true) => fates.push(Fate::Made),
                (true, false) => fates.push(Fate::Undone),
                (false, false) => {}
            }
            let (allowed, open) = &found[&format!("aws_iam_role.{role}")];
            let is_allowed = if open.is_empty() { Some(!allowed.is_empty()) } else { None };
            prop_assert_eq!(is_allowed, stands(&fates), "{}", role);
        }
    }

    /// A list of what a principal has leaves nothing that it does not name.
    #[test]
    fn lists_of_what_a_principal_has(
        owner in select(vec!["role", "user", "group"]),
        is_inline in any::<bool>(),
        is_new in any::<bool>(),
        listed in subsequence(vec![0usize, 1, 2], 0..3),
        there in subsequence(vec![0usize, 1, 2], 0..3),
    ) {
        let mut changes = vec![broker(), principal(&format!("aws_iam_{owner}"), "one")];
        for (number, (operation, action)) in OPERATIONS.iter().enumerate() {
            changes.push(policy(operation, action));
            if !there.contains(&number) {
                continue;
            }
            let values = if is_inline {
                json!({owner: "one", "name": operation, "policy": document(action), "id": "id"})
            } else {
                json!({owner: "one", "policy_arn": policy_arn(operation), "id": "id"})
            };
            let kind = if is_inline { format!("aws_iam_{owner}_policy") } else { format!("aws_iam_{owner}_policy_attachment") };
            changes.push(kept(&kind, operation, values));
        }
        let names: Vec<String> = listed.iter().map(|number| OPERATIONS[*number].0.to_owned()).collect();
        let arns: Vec<String> = names.iter().map(|name| policy_arn(name)).collect();
        let (kind, values) = if is_inline {
            (format!("aws_iam_{owner}_policies_exclusive"), json!({format!("{owner}_name"): "one", "policy_names": names}))
        } else {
            (format!("aws_iam_{owner}_policy_attachments_exclusive"), json!({format!("{owner}_name"): "one", "policy_arns": arns}))
        };
        let fate = if is_new { Fate::Made } else { Fate::Left };
        changes.push(fate.change(&kind, "list", values));
        let found = allowed_after(&changes, &[]);
        // A list of names makes nothing; a list of attachments attaches what it names.
        let stays = |number: &usize| listed.contains(number) && (!is_inline || there.contains(number));
        let expected: BTreeSet<&str> = (0..3).filter(stays).map(|number| OPERATIONS[number].0).collect();
        prop_assert_eq!(&found[&format!("aws_iam_{owner}.one")], &expected);
    }

    /// The lists of a role count where the configuration sets them, and are traces of what is there where it does not.
    #[test]
    fn lists_of_a_role(
        is_configured in any::<bool>(),
        listed in subsequence(vec![0usize, 1, 2], 0..3),
        there in subsequence(vec![0usize, 1, 2], 0..3),
        owned in subsequence(vec![0usize, 1, 2], 0..3),
        gone in any::<bool>(),
    ) {
        let arns = |numbers: &[usize]| numbers.iter().map(|number| policy_arn(OPERATIONS[*number].0)).collect::<Vec<_>>();
        let all: Vec<usize> = (0..3).filter(|number| there.contains(number) || owned.contains(number)).collect();
        let role = |numbers: &[usize]| json!({
            "name": "one", "path": "/", "arn": format!("arn:aws:iam::{ACCOUNT}:role/one"), "tags_all": {},
            "managed_policy_arns": arns(numbers),
        });
        let after = if is_configured { &listed } else { &all };
        let action = if *after == all { "no-op" } else { "update" };
        let mut changes = vec![broker(), change("aws_iam_role", "one", &[action], Some(role(&all)), Some(role(after)))];
        for (number, (operation, action)) in OPERATIONS.iter().enumerate() {
            changes.push(policy(operation, action));
            if owned.contains(&number) {
                let values = json!({"role": "one", "policy_arn": policy_arn(operation), "id": "id"});
                let fate = if gone { Fate::Undone } else { Fate::Left };
                changes.push(fate.change("aws_iam_role_policy_attachment", operation, values));
            }
        }
        let configured: &[(&str, &str)] =
            if is_configured { &[("aws_iam_role.one", "managed_policy_arns")] } else { &[] };
        let found = allowed_after(&changes, configured);
        let is_undone = |number: &usize| gone && owned.contains(number);
        let makes = |number: &usize| is_configured && listed.contains(number) && !all.contains(number);
        let stays = |number: &usize| {
            let is_listed = if is_configured { listed.contains(number) } else { all.contains(number) };
            makes(number) || (is_listed && !is_undone(number))
        };
        let expected: BTreeSet<&str> = (0..3).filter(stays).map(|number| OPERATIONS[number].0).collect();
        prop_assert_eq!(&found["aws_iam_role.one"], &expected);
    }
}
