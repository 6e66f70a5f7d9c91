use super::is_date;
use crate::intent::{Act, Intent};

const RULES: &[&str] = &["intent-excess", "undecided-access"];

fn problems(text: &str) -> Vec<String> {
    let error = Intent::parse("mqwarden.hcl", text, RULES).expect_err(text);
    error.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn an_intent_is_read() {
    let text = r#"
      access "deployers" {
        principals = ["aws_iam_role.deploy", "module.*.aws_iam_role.ci[*]"]
        brokers    = ["*"]
        may        = ["create", "update", "delete"]
      }
      access "operators" {
        principals    = "aws_iam_group.ops"
        brokers_where = { tag = { environment = "production" }, engine = ["activemq", "RabbitMQ"] }
        may           = ["reboot"]
        only_with_mfa = true
      }
      protect "production brokers" {
        brokers_where = { tag = { "environment" = "production" } }
        nobody_may    = ["delete"]
        except        = ["aws_iam_role.break_glass"]
      }
      accept {
        rule   = "intent-excess"
        broker = "aws_mq_broker.old"
        reason = "goes away"
        until  = "2027-01-31"
      }
      settings {
        severity = { undecided-access = "off" }
        context  = { "aws:SourceVpce" = null, "aws:SourceIp" = "10.0.0.1" }
        deployer = "aws_iam_role.deploy"
      }
    "#;
    let intent = Intent::parse("mqwarden.hcl", text, RULES).unwrap();
    assert_eq!(intent.access.len(), 2);
    assert_eq!(intent.access[0].may, [Act::Create, Act::Update, Act::Delete].into());
    assert!(intent.access[0].brokers.is_everything() && !intent.access[1].brokers.is_everything());
    assert!(intent.access[1].only_with_mfa && !intent.access[0].only_with_mfa);
    assert_eq!(&*intent.protect[0].name, "production brokers");
    assert_eq!(intent.protect[0].location.line, 13);
    assert_eq!(intent.accept[0].until.as_deref(), Some("2027-01-31"));
    let context: Vec<_> = intent.settings.context.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(context, [("aws:SourceVpce", ""), ("aws:SourceIp", "10.0.0.1")]);
}

#[test]
fn all_that_is_wrong_is_told_with_its_line() {
    let text = "access \"a\" {\n  principal = [\"*\"]\n  brokers = [\"*\"]\n  may = [\"restart\"]\n}\n";
    assert_eq!(
        problems(text),
        [
            "mqwarden.hcl:1:1: access \"a\" does not say `principals`",
            "mqwarden.hcl:2:3: `principal` is no attribute of access \"a\": write principals, brokers, brokers_where, \
             may, only_with_mfa or optional",
            "mqwarden.hcl:4:10: `restart` is no operation: write create, reboot, delete or update",
        ]
    );
}

#[test]
fn each_mistake_has_its_message() {
    for (text, expected) in [
        (
            "acces \"a\" {}",
            "1:1: `acces` is no block of an intent: write access, protect, accept or settings",
        ),
        ("may = []", "1:1: `may` stands outside of a block"),
        ("access {}", "1:1: a block access has one name: write access \"NAME\" { … }"),
        ("accept \"x\" {\nrule = \"intent-excess\"\nreason = \"r\"\n}", "1:1: a block accept has no name"),
        ("accept {\nrule = \"intent-excess\"\n}", "1:1: accept does not say `reason`"),
        ("accept {\nrule = \"intent-excess\"\nreason = \" \"\n}", "3:10: `reason` is empty"),
        ("accept {\nrule = \"x\"\nreason = \"r\"\n}", "2:8: `x` is not a rule"),
        ("accept {\nreason = \"r\"\n}", "1:1: an accepted finding is named by `rule` or `fingerprint`"),
        (
            "accept {\nrule = \"intent-excess\"\nreason = \"r\"\nuntil = \"2027-02-29\"\n}",
            "4:9: `2027-02-29` is no date",
        ),
        ("settings {\nseverity = { intent-excess = \"fatal\" }\n}", "2:30: `fatal` is no severity"),
        (
            "settings {\ncontext = { \"aws:PrincipalArn\" = \"x\" }\n}",
            "2:13: the plan fixes the key aws:PrincipalArn",
        ),
        ("settings {}\nsettings {}", "2:1: there is a block settings before"),
        ("protect \"p\" {\nbrokers = [\"*\"]\nnobody_may = []\n}", "3:14: `nobody_may` is empty"),
        ("protect \"p\" {\nnobody_may = [\"delete\"]\n}", "1:1: protect \"p\" does not say which brokers"),
        (
            "protect \"p\" {\nbrokers = [var.x]\nnobody_may = [\"delete\"]\n}",
            "2:12: each of `brokers` is a string",
        ),
        ("protect \"p\" {\nbrokers = [\"main\"]\nnobody_may = [\"delete\"]\n}", "2:12: `main` is no address"),
        (
            "protect \"p\" {\nbrokers_where = { colour = \"red\" }\nnobody_may = [\"delete\"]\n}",
            "2:19: `colour` is nothing",
        ),
        (
            "protect \"p\" {\nbrokers_where = { engine = \"Kafka\" }\nnobody_may = [\"delete\"]\n}",
            "2:17: `Kafka` is no engine",
        ),
        (
            "protect \"p\" {\nbrokers_where {\n}\nnobody_may = [\"delete\"]\n}",
            "2:1: `brokers_where` is an attribute",
        ),
        ("access \"a\" {", "mqwarden.hcl:1:"),
    ] {
        let problems = problems(text);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{text}: {problems:?}");
    }
}

#[test]
fn days_are_those_of_the_calendar() {
    for day in ["2027-01-31", "2028-02-29", "2000-02-29"] {
        assert!(is_date(day), "{day}");
    }
    for day in [
        "2027-02-29",
        "1900-02-29",
        "2027-13-01",
        "2027-1-1",
        "27-01-01",
        "2027-04-31",
        "2027-01-01-",
        "x",
        "",
    ] {
        assert!(!is_date(day), "{day}");
    }
}
