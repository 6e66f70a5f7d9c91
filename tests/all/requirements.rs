//! What operations need beside their own calls: plans by real Terraform, with what is missing and unresolved worked out
//! by hand.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqwarden::analysis::{Analysis, Options};
use mqwarden::aws::requirements::Requirements;
use mqwarden::completion::Assumptions;
use mqwarden::findings::{Finding, Severity, rule_ids};
use mqwarden::intent::Intent;
use mqwarden::plan::{self, Input};
use mqwarden::source::Source;

const NETWORK: [&str; 9] = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:DetachNetworkInterface",
];
const PERMISSION: [&str; 3] = [
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfacePermissions",
];
const KEY: [&str; 2] = ["kms:CreateGrant", "kms:DescribeKey"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/requirements").join(name)
}

fn analyse(name: &str, with_source: bool) -> Analysis {
    let folder = folder(name);
    let plan = plan::read(Input::File(folder.join("plan.json"))).unwrap();
    let source = with_source.then(|| Source::load(Some(&folder.join("tfplan")), None).unwrap());
    let account_id = Some("123456789012".to_owned());
    let options =
        Options { assumptions: Assumptions { account_id, ..Assumptions::default() }, ..Options::default() };
    Analysis::new(plan, source, &options)
}

type Row = (String, String, String);
type Lists = (Vec<String>, Vec<String>);

/// The rows that are allowed or conditional, and all others that are said to be so.
fn found(analysis: &Analysis) -> BTreeMap<Row, (String, Lists)> {
    let json = analysis.with_report(|report| {
        let mut json = Vec::new();
        report.write_json(&mut json).unwrap();
        serde_json::from_slice::<serde_json::Value>(&json).unwrap()
    });
    let strings = |value: &serde_json::Value| {
        let list = value.as_array().expect("a list, never null");
        list.iter().map(|one| one.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rows = json["access"].as_array().unwrap().iter();
    rows.map(|row| {
        let name = ["principal", "broker", "operation"].map(|name| row[name].as_str().unwrap().to_owned());
        let verdict = row["verdict"].as_str().unwrap_or_default().to_owned();
        (name.into(), (verdict, (strings(&row["missing"]), strings(&row["unresolved"]))))
    })
    .collect()
}

fn actions(words: &str) -> Vec<String> {
    let mut actions: Vec<&str> = Vec::new();
    for word in words.split_whitespace() {
        match word {
            "@network" => actions.extend(NETWORK),
            "@permission" => actions.extend(PERMISSION),
            "@key" => actions.extend(KEY),
            action => actions.push(action),
        }
    }
    actions.sort_unstable();
    actions.into_iter().map(str::to_owned).collect()
}

fn expected(name: &str) -> BTreeMap<Row, Lists> {
    let text = std::fs::read_to_string(folder(name).join("expected.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.splitn(3, ' ').collect();
            let (operation, rest) = words[2].split_once(':').unwrap();
            let (missing, unresolved) = rest.split_once('|').unwrap();
            let row = (words[0].into(), words[1].into(), operation.into());
            (row, (actions(missing), actions(unresolved)))
        })
        .collect()
}

fn compare(name: &str) {
    let analysis = analyse(name, true);
    let mut expected = expected(name);
    let mut wrong = Vec::new();
    for (row, (verdict, lists)) in found(&analysis) {
        let wanted = expected.remove(&row).unwrap_or_default();
        if lists != wanted {
            wrong.push(format!("{row:?} ({verdict}):\n  found {lists:?}\n  truly {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(expected.is_empty(), "rows that are not there: {expected:?}");
}

#[test]
fn engines_networks_and_requests() {
    compare("engines");
}

#[test]
fn keys_and_their_policies() {
    compare("keys");
}

#[test]
fn roles_of_rabbitmq_configurations() {
    compare("rabbitmq");
}

#[test]
fn the_service_linked_role_of_the_plan() {
    compare("service-linked-role");
}

/// The plan alone tells less, and nothing wrong.
#[test]
fn the_plan_alone_is_never_wrong() {
    for name in ["engines", "keys", "rabbitmq", "service-linked-role"] {
        let expected = expected(name);
        for (row, (verdict, (missing, unresolved))) in found(&analyse(name, false)) {
            if !["allowed", "conditional"].contains(&verdict.as_str()) {
                continue;
            }
            let (wanted, open) = expected.get(&row).cloned().unwrap_or_default();
            assert!(missing.iter().all(|action| wanted.contains(action)), "{row:?}: {missing:?}");
            let told = |action: &String| missing.contains(action) || unresolved.contains(action);
            assert!(wanted.iter().all(told), "{row:?}: {wanted:?} is not told");
            assert!(open.iter().all(|action| unresolved.contains(action)), "{row:?}: {open:?} is not told");
        }
    }
}

/// The custom policy of the guide, and `AmazonMQFullAccess`, are complete for every `ActiveMQ` broker without a key.
#[test]
fn the_guides_policy_and_the_managed_one_are_complete() {
    let rows = found(&analyse("engines", true));
    let mut seen = 0;
    for principal in ["aws_iam_role.by_policy[\"guide\"]", "aws_iam_role.full", "aws_iam_role.api"] {
        for broker in ["private", "public", "replica"] {
            let row = (principal.to_owned(), format!("aws_mq_broker.{broker}"), "create".to_owned());
            let (verdict, (missing, unresolved)) = &rows[&row];
            assert_eq!((verdict.as_str(), missing.len(), unresolved.len()), ("allowed", 0, 0), "{row:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

fn findings(analysis: &Analysis, rule: &str) -> Vec<Finding> {
    analysis.with_report(|report| {
        report.findings.iter().filter(|finding| finding.rule == rule).cloned().collect::<Vec<_>>()
    })
}

const GAP: &str = "missing-dependent-permission";

#[test]
fn what_only_other_sources_list_is_no_error_and_names_its_sources() {
    let all = findings(&analyse("engines", true), GAP);
    let of = |principal: &str, broker: &str, operation: &str| {
        all.iter().find(|one| {
            one.principal.as_deref() == Some(principal)
                && one.broker.as_deref() == Some(broker)
                && one.operation == Some(operation)
        })
    };
    // A security group: the guide does not list what the reference does.
    let warning = of("aws_iam_role.full", "aws_mq_broker.private", "create").unwrap();
    assert_eq!(warning.severity, Severity::Warning);
    assert!(warning.message.contains("ec2:ModifyNetworkInterfaceAttribute"), "{}", warning.message);
    assert!(warning.related[0].message.contains("CloudFormation registry"), "{:?}", warning.related);
    // Logs would be silently missing.
    let logs = of("aws_iam_role.by_policy[\"guide\"]", "aws_mq_broker.public", "create").unwrap();
    assert_eq!(logs.severity, Severity::Warning);
    assert!(logs.message.contains("logs:CreateLogGroup"), "{}", logs.message);
    assert!(logs.location.is_some());
    // Nothing at all is an error.
    let bare = of("aws_iam_role.by_policy[\"bare\"]", "aws_mq_broker.private", "create").unwrap();
    assert_eq!(bare.severity, Severity::Error);
    // A public RabbitMQ broker needs no network of the caller's.
    assert!(
        all.iter()
            .filter(|one| one.broker.as_deref() == Some("aws_mq_broker.rabbit_public"))
            .all(|one| one.severity != Severity::Error)
    );
}

#[test]
fn there_is_one_finding_for_alike_brokers() {
    let all = findings(&analyse("engines", true), GAP);
    let mut seen = BTreeSet::new();
    for one in &all {
        assert!(seen.insert((&one.principal, one.operation, &one.message)), "{one:?}");
        assert!(seen.len() < 200);
    }
    let fingerprints: BTreeSet<_> = all.iter().map(|one| &one.fingerprint).collect();
    assert_eq!(fingerprints.len(), all.len());
    // Conditional like the operation itself: no news.
    let with_mfa = all.iter().filter(|one| {
        one.principal.as_deref() == Some("aws_iam_role.by_policy[\"with_mfa\"]")
            && one.broker.as_deref() == Some("aws_mq_broker.private")
    });
    assert_eq!(with_mfa.count(), 0);
}

/// The steps that a deployer lacks: action, state, purpose and addresses, as the finding tells them.
fn lacks(role: &str) -> (Option<Severity>, Vec<String>) {
    let mut analysis = analyse("deployer", true);
    analysis.set_deployer(&format!("aws_iam_role.by_policy[\"{role}\"]")).unwrap();
    let all = findings(&analysis, "deployer-cannot-perform-plan");
    assert!(all.len() <= 1);
    let steps = all.iter().flat_map(|one| one.related.iter().map(|step| step.message.clone())).collect();
    (all.first().map(|one| one.severity), steps)
}

fn has(steps: &[String], action: &str, purpose: &str, addresses: &[&str]) -> bool {
    let end = format!("needed to {purpose} {}", addresses.join(", "));
    steps.iter().any(|step| step.split([' ', ':']).take(2).eq(action.split(':')) && step.ends_with(&end))
}

#[test]
fn a_deployer_with_exactly_the_calls_of_the_plan_lacks_nothing() {
    assert_eq!(lacks("everything"), (None, vec![]));
    assert_eq!(lacks("exact"), (None, vec![]));
}

#[test]
fn a_deployer_that_may_not_read_brokers_is_told_what_follows() {
    let (severity, steps) = lacks("blind");
    assert_eq!(severity, Some(Severity::Error));
    assert_eq!(steps.len(), 3, "{steps:?}");
    let [gone, renamed, resized, same, new] =
        ["gone", "renamed", "resized", "same", "new"].map(|name| format!("aws_mq_broker.{name}"));
    assert!(has(&steps, "mq:DescribeBroker", "delete", &[&gone, &renamed]), "{steps:?}");
    assert!(has(&steps, "mq:DescribeBroker", "create", &[&new, &renamed]), "{steps:?}");
    // Three are named, and one more is counted.
    let read = format!("needed to read {gone}, {renamed}, {resized} and 1 more");
    assert!(!read.contains(&same) && steps.iter().any(|step| step.ends_with(&read)), "{steps:?}");
    let mut analysis = analyse("deployer", true);
    analysis.set_deployer("blind").unwrap();
    let all = findings(&analysis, "deployer-cannot-perform-plan");
    assert!(all[0].help.contains("second one"), "{}", all[0].help);
}

#[test]
fn tags_of_the_broker_and_of_the_request_decide() {
    let (severity, steps) = lacks("careful");
    assert_eq!(severity, Some(Severity::Error));
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(has(&steps, "mq:DeleteBroker", "delete", &["aws_mq_broker.gone"]), "{steps:?}");
    assert!(has(&steps, "mq:RebootBroker", "update", &["aws_mq_broker.resized"]), "{steps:?}");
    let (severity, steps) = lacks("team");
    assert_eq!(severity, Some(Severity::Error));
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(has(&steps, "mq:DeleteTags", "tag", &["aws_mq_broker.resized"]), "{steps:?}");
}

#[test]
fn a_reader_lacks_every_change() {
    let (severity, steps) = lacks("reader");
    assert_eq!(severity, Some(Severity::Error));
    for (action, purpose, address) in [
        ("mq:UpdateBroker", "update", "aws_mq_broker.resized"),
        ("mq:CreateUser", "update", "aws_mq_broker.resized"),
        ("mq:RebootBroker", "update", "aws_mq_broker.resized"),
        ("mq:DeleteTags", "tag", "aws_mq_broker.resized"),
        ("mq:CreateTags", "tag", "aws_mq_broker.resized"),
        ("mq:CreateTags", "create", "aws_mq_broker.new"),
        ("mq:UpdateConfiguration", "update", "aws_mq_configuration.main"),
        ("mq:CreateConfiguration", "create", "aws_mq_configuration.new"),
        ("mq:UpdateConfiguration", "create", "aws_mq_configuration.new"),
    ] {
        assert!(has(&steps, action, purpose, &[address]), "{action}: {steps:?}");
    }
    let both = ["aws_mq_broker.new", "aws_mq_broker.renamed"];
    assert!(has(&steps, "mq:CreateBroker", "create", &both), "{steps:?}");
    for action in NETWORK.iter().chain(&PERMISSION) {
        assert!(has(&steps, action, "create", &both), "{action}: {steps:?}");
    }
    assert!(!steps.iter().any(|step| step.starts_with("mq:Describe")), "{steps:?}");
    assert!(!steps.iter().any(|step| step.starts_with("mq:UpdateUser") || step.contains("mq:DeleteUser")));
}

#[test]
fn what_the_plan_itself_changes_and_what_the_request_decides_are_warnings() {
    let (severity, steps) = lacks("changing");
    assert_eq!(severity, Some(Severity::Warning));
    assert!(steps.iter().all(|step| step.contains("either before or after apply")), "{steps:?}");
    let (severity, steps) = lacks("with_mfa");
    assert_eq!(severity, Some(Severity::Warning));
    assert!(steps.iter().all(|step| step.contains("perhaps not allowed")), "{steps:?}");
}

#[test]
fn deployers_are_found_by_every_name_and_missed_with_a_hint() {
    let mut analysis = analyse("deployer", true);
    for word in ["reader", "arn:aws:iam::123456789012:role/reader", "aws_iam_role.by_policy[\"reader\"]"] {
        analysis.set_deployer(word).unwrap();
    }
    let error = analysis.set_deployer("Read").unwrap_err().to_string();
    assert!(error.contains("aws_iam_role.by_policy[\"reader\"]"), "{error}");
    let error = analysis.set_deployer("nobody-at-all").unwrap_err().to_string();
    assert!(error.contains("is no principal of this plan"), "{error}");
}

/// The principals that are told to be unable to run the plan.
fn unable(analysis: &Analysis) -> Vec<String> {
    let all = findings(analysis, "deployer-cannot-perform-plan");
    all.into_iter().filter_map(|one| one.principal).collect()
}

#[test]
fn the_deployer_of_the_command_line_goes_before_that_of_the_intent() {
    let with = |intent: &str| {
        let mut analysis = analyse("deployer", true);
        let intent = Intent::parse("mqwarden.hcl", intent, &rule_ids()).unwrap();
        analysis.set_intent(intent).map(|()| analysis)
    };
    let careful = "settings {\n  deployer = \"aws_iam_role.by_policy[\\\"careful\\\"]\"\n}\n";
    let mut analysis = with(careful).unwrap();
    assert_eq!(unable(&analysis), ["aws_iam_role.by_policy[\"careful\"]"]);
    analysis.set_deployer("reader").unwrap();
    assert_eq!(unable(&analysis), ["aws_iam_role.by_policy[\"reader\"]"]);
    analysis.set_deployer("exact").unwrap();
    assert!(unable(&analysis).is_empty());
    // Several, by a pattern: each that lacks something is told.
    let all = with("settings {\n  deployer = \"aws_iam_role.by_policy[*]\"\n}\n").unwrap();
    let exact = "aws_iam_role.by_policy[\"exact\"]".to_owned();
    assert!(unable(&all).len() > 3 && !unable(&all).contains(&exact), "{:?}", unable(&all));
    // Nobody: an error with its line, not a plan without a deployer.
    let error = with("settings {\n  deployer = \"aws_iam_role.deploy\"\n}\n").err().unwrap().to_string();
    assert_eq!(
        error,
        "mqwarden.hcl:2:14: `aws_iam_role.deploy` matches no principal of this plan: `deployer` names who runs it, by \
         its address"
    );
}

/// The page that tells each requirement, from the data.
fn page() -> String {
    let all = Requirements::shipped();
    let mut page = String::from(
        "# What operations need\n\n\
         Creating, rebooting and deleting a broker are one call each, and need more than that call: Amazon MQ makes network\n\
         interfaces, uses keys and passes roles with the permissions of whoever calls it. `missing` and `unresolved` of the\n\
         [JSON output](json.md) and the rules `missing-dependent-permission` and `deployer-cannot-perform-plan` go by the\n\
         tables below. They are written from `src/aws/data/requirements.json`, the data that is evaluated.\n\n\
         ## How it is decided\n\n\
         - **Which requirements count** follows from the broker of the plan. Where the plan leaves a condition open (`(known\n  \
           after apply)`, a configuration of another plan, the service-linked role), the need is not settled: what is not\n  \
           allowed then is `unresolved`, never `missing`.\n\
         - **`missing`** are the levels `must` and `conditional`, and `documented` where the Amazon MQ guide itself lists the\n  \
           action: the call fails without them. What other sources list is a warning of the rule, or a note, and in neither\n  \
           list.\n\
         - **Each action is checked on every resource named**, and all must be allowed: `ec2:CreateNetworkInterface` on the\n  \
           interface, on each subnet and on each security group. A policy that names them is complete. Ids that Amazon MQ or\n  \
           EC2 chooses are unknown texts: `network-interface/*` matches one for certain, a literal id never. Where the broker\n  \
           names no subnet or security group, those of the default VPC are used, which the plan does not tell.\n\
         - **Calls that Amazon MQ makes for the caller** carry `aws:ViaAWSService` `true`, `aws:CalledVia`, `CalledViaFirst` and\n  \
           `CalledViaLast` `mq.amazonaws.com`, and the keys in the table. They keep the caller's source address, and nothing of its\n  \
         VPC (`aws:SourceVpc`, `aws:SourceVpce`, `aws:VpcSourceIp`; IAM User Guide): what a policy allows from a VPC alone is\n  \
         not allowed to them. Keys of a resource that the plan does not tell\n  \
           (`ec2:Vpc`, tags of subnets) are unknown. `iam:CreateServiceLinkedRole` and Route 53 answer in the region of the\n  \
           global services of the partition (`us-east-1` in `aws`).\n\
         - **Tags.** `mq:CreateTags` brings the broker's tags as the request's. Whether they count as tags of the resource as\n  \
           well while it is being made is not documented: a condition on `aws:ResourceTag` is then unknown.\n\
         - **Keys.** A key policy in the plan that names the caller suffices, unless identity policies deny; one that lets the\n  \
           account in (`arn:aws:iam::ACCOUNT:root`, and the policy of a key without one) leaves it to identity policies; any\n  \
           other is missing. A permissions boundary limits a role that is named, and not a user. Where the key policy is not in\n  \
           the plan: allowed by identity policies is satisfied, explicitly denied is missing, all else is unresolved.\n\
         - **Roles of a RabbitMQ configuration** are read from `aws.arns.assume_role_arn` in its `data`.\n\
         - **The service-linked role** counts as there if the plan holds it (`aws_iam_service_linked_role`, or a data source).\n\n\
         ## Levels\n\n| level | meaning |\n| --- | --- |\n",
    );
    for (level, meaning) in all.levels() {
        page.push_str(&format!("| `{level}` | {meaning} |\n"));
    }
    page.push_str("\n## Requirements\n");
    for (task, requirements) in all.tasks() {
        page.push_str(&format!("\n### {}\n\n", heading(&format!("{task:?}"))));
        page.push_str(
            "| actions | when | level | counts as | sources | |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for one in requirements {
            let when: Vec<String> =
                one.when.iter().map(|when| heading(&format!("{when:?}")).to_lowercase()).collect();
            let level = format!("{:?}", one.level).to_lowercase();
            let weight = if one.is_required() {
                "required"
            } else if level == "advisory" {
                "note"
            } else {
                "warning"
            };
            page.push_str(&format!(
                "| {} | {} | `{level}` | {weight} | {} | {} |\n",
                one.needs.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" "),
                if when.is_empty() { "always".to_owned() } else { when.join(", ") },
                one.evidence.join(", "),
                one.note
            ));
        }
    }
    page.push_str(
        "\n## Where each action is checked\n\n| action | called | on | keys |\n| --- | --- | --- | --- |\n",
    );
    for (action, check) in all.actions() {
        let on: Vec<String> =
            check.checked_on.iter().map(|on| heading(&format!("{on:?}")).to_lowercase()).collect();
        let keys: Vec<String> =
            check.keys.iter().map(|(key, value)| format!("`{key}` = `{value}`")).collect();
        let made = heading(&format!("{:?}", check.made)).to_lowercase();
        page.push_str(&format!("| `{action}` | {made} | {} | {} |\n", on.join(", "), keys.join(", ")));
    }
    page.push_str("\n## Sources\n\n| | |\n| --- | --- |\n");
    for (name, meaning) in all.sources() {
        page.push_str(&format!("| {name} | {meaning} |\n"));
    }
    page.push_str(
        "\n## The deployer\n\n\
         `--deployer PRINCIPAL` (an address, an ARN or a name) or `deployer` in the settings of the [intent](intent.md) (an\n\
         address, or a pattern of addresses) names the principal that runs this very plan. With both, the option counts. Every call of the AWS provider is decided for it: reading what exists\n\
         (`mq:DescribeBroker`, `mq:DescribeUser` for each user of an ActiveMQ broker), creating, one `mq:UpdateBroker` for each\n\
         group of attributes that changes, users, one `mq:RebootBroker` where `apply_immediately` is set and a change needs it,\n\
         `mq:DeleteTags` and `mq:CreateTags` for what goes and comes, deleting, and the calls for configurations; with\n\
         everything that these need by the tables above. The list is in `src/requirements/data/provider_calls.json`. The\n\
         policies that count are those of now, and those of after apply where the plan changes them: a call that only one of\n\
         the two allows is a warning, as the order of the changes decides. Newer versions of the provider also call\n\
         `mq:DescribeSharedResources` for RabbitMQ brokers; passwords are never read, so a change that shows nothing else is\n\
         taken for one of a password.\n",
    );
    page
}

/// `CreateUser` as `Create user`.
fn heading(name: &str) -> String {
    let mut words = String::new();
    for (index, c) in name.chars().enumerate() {
        if index > 0 && c.is_uppercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

/// `UPDATE_DOCS=1 cargo test --test all requirements` writes the page.
#[test]
fn the_page_tells_what_the_data_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/requirements.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page(), "set UPDATE_DOCS=1");
}
