//! Who becomes whom, and the ways to power over brokers, in plans by real Terraform: `expected.txt` of each case was
//! worked out by hand from its configuration.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use mqwarden::access::{Authority, KeyAnswer, Overrides, RequestContext};
use mqwarden::analysis::{Analysis, Options};
use mqwarden::completion::Assumptions;
use mqwarden::plan::{self, Input};
use mqwarden::reach::{Deed, Made, Reach, Step, Surely, Who};
use mqwarden::source::Source;

fn analyse(folder: &Path) -> Analysis {
    let plan = plan::read(Input::File(folder.join("plan.json"))).unwrap();
    let source = Source::load(Some(&folder.join("tfplan")), Some(folder)).unwrap();
    let account_id = Some("123456789012".to_owned());
    let options =
        Options { assumptions: Assumptions { account_id, ..Assumptions::default() }, ..Options::default() };
    Analysis::new(plan, Some(source), &options)
}

fn with_reach<T>(analysis: &Analysis, ask: impl FnOnce(&Reach<'_>) -> T) -> T {
    let overrides = Overrides::default();
    let authority = Authority::new(&analysis.graph, &analysis.matrix, &overrides);
    ask(&Reach::new(&analysis.graph, &analysis.matrix, &authority))
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reach");
    let mut all: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}

fn id(reach: &Reach<'_>, principal: usize) -> String {
    let id = reach.principal(principal).unwrap().id.to_string();
    id.trim_start_matches("aws_iam_").to_owned()
}

fn condition(when: &RequestContext) -> String {
    let words: Vec<String> = when
        .iter()
        .map(|(key, answer)| match answer {
            KeyAnswer::One(value) => format!("{key}={value}"),
            KeyAnswer::Absent => format!("{key}="),
            KeyAnswer::List(values) => format!("{key}={}", values.join("+")),
        })
        .collect();
    words.join(" ")
}

fn call(made: &Made) -> String {
    let with = made.with.as_ref().map(|with| format!(" {with}")).unwrap_or_default();
    let basis: Vec<String> = made
        .basis
        .iter()
        .map(|basis| {
            let policy = basis.policy.trim_start_matches("aws_iam_");
            format!("{policy}#{}", basis.statement)
        })
        .collect();
    let when = made.when.as_ref().map(|when| format!(" if {}", condition(when))).unwrap_or_default();
    format!("{}{with} ({}){when}", made.action, basis.join(", "))
}

fn step(reach: &Reach<'_>, step: &Step) -> String {
    let what = match &step.deed {
        Deed::Change { on } => format!("changes {}", on.trim_start_matches("aws_iam_")),
        Deed::Assume { role } => format!("assumes {}", id(reach, *role)),
        Deed::Pass { role, service } => format!("passes {} to {service}", id(reach, *role)),
        Deed::TakeOver { user } => format!("takes over {}", id(reach, *user)),
    };
    let calls: Vec<String> = step.calls.iter().map(|made| call(made)).collect();
    format!("  {} {what}: {}\n", id(reach, step.actor), calls.join("; "))
}

fn shown(analysis: &Analysis) -> String {
    with_reach(analysis, |reach| {
        let mut text = String::new();
        let found = reach.ways();
        for findable in &found.ways {
            for path in &findable.paths {
                let mut operations: Vec<&str> =
                    path.cells.iter().map(|(_, operation)| operation.name()).collect();
                operations.dedup();
                let (from, to) = (id(reach, findable.subject), id(reach, path.end));
                text.push_str(&format!("{from} -> {to}: {}\n", operations.join(" ")));
                path.steps.iter().for_each(|one| text.push_str(&step(reach, one)));
            }
        }
        for reason in found.open.keys() {
            text.push_str(&format!("open: {reason:?}\n"));
        }
        for role in 0..analysis.graph.principals.len() {
            for opening in reach.openings(role) {
                text.push_str(&format!("{} is open to {}\n", id(reach, role), opening.whom));
            }
        }
        text
    })
}

#[test]
fn the_ways_are_those_that_the_configuration_makes() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        let found = shown(&analyse(&folder));
        if found != expected {
            wrong.push(format!("== {}\n-- expected\n{expected}-- found\n{found}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_role_tells_who_may_become_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reach/assume-chain");
    let analysis = analyse(&folder);
    let admitted = |name: &str| {
        with_reach(&analysis, |reach| {
            let positions = 0..analysis.graph.principals.len();
            let role = positions.clone().find(|&role| id(reach, role) == format!("role.{name}")).unwrap();
            let admissions = reach.admissions(role);
            let texts = admissions.iter().map(|admission| {
                let who = match &admission.who {
                    Who::Principal(principal) => id(reach, *principal),
                    Who::Unlisted(name) | Who::Account(name) | Who::Service(name) | Who::Provider(name) => {
                        name.to_string()
                    }
                    Who::Everyone => "everyone".into(),
                };
                let surely = match &admission.surely {
                    Surely::Always => "always".to_owned(),
                    Surely::When(when) => condition(when),
                    Surely::Unknown(_) => "unknown".into(),
                };
                format!("{who}: {} {surely}", admission.action)
            });
            texts.collect::<Vec<_>>()
        })
    };
    assert_eq!(
        admitted("ci"),
        ["arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com: \
          sts:AssumeRoleWithWebIdentity token.actions.githubusercontent.com:aud=sts.amazonaws.com \
          token.actions.githubusercontent.com:sub=repo:acme/infrastructure:"]
    );
    assert_eq!(admitted("build"), ["role.ci: sts:AssumeRole always"]);
    assert_eq!(
        admitted("deploy"),
        [
            "role.build: sts:AssumeRole always",
            "role.bystander: sts:AssumeRole always",
            "123456789012: sts:AssumeRole always"
        ]
    );
    assert_eq!(admitted("operator"), ["role.deploy: sts:AssumeRole sts:ExternalId=orders"]);
    assert_eq!(admitted("bystander"), ["ec2.amazonaws.com: sts:AssumeRole always"]);
}

/// Plans of a few roles with policies, trust policies and boundaries from a small vocabulary.
mod generated {
    use std::collections::BTreeSet;

    use super::with_reach;
    use mqwarden::access::Verdict;
    use mqwarden::analysis::{Analysis, Options};
    use mqwarden::aws::Operation;
    use mqwarden::graph::State;
    use mqwarden::plan;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Value, json};

    const ROLES: usize = 4;
    const ACCOUNT: &str = "123456789012";

    fn arn(role: usize) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/r{role}")
    }

    fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
        let actions = select(vec![
            "mq:DeleteBroker",
            "mq:*",
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:*Boundary",
            "iam:*",
            "iam:PassRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:CreatePolicyVersion",
            "lambda:*",
            "sts:AssumeRole",
            "*",
        ]);
        let resources = prop_oneof![Just("*".to_owned()), (0..ROLES).prop_map(arn)];
        (actions, resources, any::<bool>()).prop_map(move |(action, resource, mfa)| {
            let mut statement = json!({"Effect": effect, "Action": action, "Resource": resource});
            if mfa {
                statement["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
            }
            statement
        })
    }

    fn trust(effect: &'static str) -> impl Strategy<Value = Value> {
        let principal = prop_oneof![
            (0..ROLES).prop_map(|role| json!({"AWS": arn(role)})),
            Just(json!({"AWS": ACCOUNT})),
            Just(json!({"Service": "lambda.amazonaws.com"})),
            Just(json!("*")),
        ];
        principal.prop_map(
            move |principal| json!({"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}),
        )
    }

    #[derive(Clone, Debug)]
    struct Role {
        policy: Vec<Value>,
        trust: Vec<Value>,
        boundary: Option<Vec<Value>>,
    }

    fn role() -> impl Strategy<Value = Role> {
        let allows = || prop::collection::vec(statement("Allow"), 1..3);
        let denies = prop::option::of(statement("Deny"));
        (allows(), denies, prop::collection::vec(trust("Allow"), 1..3), prop::option::of(allows())).prop_map(
            |(mut policy, denies, trust, boundary)| {
                policy.extend(denies);
                Role { policy, trust, boundary }
            },
        )
    }

    fn change(kind: &str, name: &str, values: Value) -> Value {
        json!({
            "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["no-op"], "before": values, "after": values, "after_unknown": {}},
        })
    }

    fn document(statements: &[Value]) -> String {
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    }

    fn power(roles: &[Role]) -> Option<Vec<BTreeSet<Operation>>> {
        let broker =
            format!("arn:aws:mq:eu-west-1:{ACCOUNT}:broker:b:b-00000000-0000-4000-8000-000000000000");
        let mut changes = vec![change(
            "aws_mq_broker",
            "b",
            json!({"broker_name": "b", "id": "b-00000000-0000-4000-8000-000000000000", "arn": broker,
                   "engine_type": "RabbitMQ", "tags_all": {}}),
        )];
        for (number, role) in roles.iter().enumerate() {
            let name = format!("r{number}");
            let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/b{number}");
            if let Some(bound) = &role.boundary {
                let values =
                    json!({"name": format!("b{number}"), "arn": boundary, "policy": document(bound)});
                changes.push(change("aws_iam_policy", &format!("b{number}"), values));
            }
            changes.push(change(
                "aws_iam_role",
                &name,
                json!({"name": name, "arn": arn(number), "unique_id": format!("AROA{number}"), "tags_all": {},
                       "assume_role_policy": document(&role.trust),
                       "permissions_boundary": role.boundary.is_some().then_some(boundary)}),
            ));
            let policy = json!({"name": "p", "role": name, "policy": document(&role.policy)});
            changes.push(change("aws_iam_role_policy", &name, policy));
        }
        let plan =
            json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes});
        let plan = plan::read_from(plan.to_string().as_bytes()).expect("the plan reads");
        let analysis = Analysis::new(plan, None, &Options::default());
        with_reach(&analysis, |reach| {
            let found = reach.ways();
            if found.is_cut || found.ways.iter().any(|findable| findable.has_more) {
                return None;
            }
            let mut all: Vec<BTreeSet<Operation>> = vec![BTreeSet::new(); roles.len()];
            for (role, own) in all.iter_mut().enumerate() {
                for operation in Operation::ALL {
                    let verdict = analysis.matrix.verdict(State::After, role, 0, operation);
                    if matches!(verdict, Some(Verdict::Allowed | Verdict::Conditional { .. })) {
                        own.insert(operation);
                    }
                }
            }
            for findable in &found.ways {
                let cells = findable.paths.iter().flat_map(|path| path.cells.iter().map(|(_, op)| *op));
                all[findable.subject].extend(cells);
            }
            Some(all)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        /// A Deny, in whichever policy, gives nobody power that it had not before, directly or by a way.
        #[test]
        fn a_deny_adds_no_way(
            roles in prop::collection::vec(role(), ROLES),
            denied in statement("Deny"),
            mistrusted in trust("Deny"),
            which in 0..ROLES,
            place in 0..3usize,
        ) {
            let mut less = roles.clone();
            match place {
                0 => less[which].policy.push(denied),
                1 => less[which].trust.push(mistrusted),
                _ => match &mut less[which].boundary {
                    Some(boundary) => boundary.push(denied),
                    None => less[which].policy.push(denied),
                },
            }
            if let (Some(before), Some(after)) = (power(&roles), power(&less)) {
                for (role, (before, after)) in before.iter().zip(&after).enumerate() {
                    prop_assert!(after.is_subset(before), "r{role}: {before:?} became {after:?}");
                }
            }
        }
    }
}
