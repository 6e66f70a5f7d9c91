//! Laws of the evaluation, on generated policies.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    clippy::print_stdout,
    clippy::print_stderr
)]

use std::collections::BTreeMap;

use mqwarden::iam::{
    ContextTable, KeyAnswer, KeyFacts, KeyKind, KeyValue, PolicyDocument, PolicyLayers, Request,
    RequestContext, Verdict, decide, explore,
};
use mqwarden::text::{Hole, Shape, Text, Truth};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

/// A text of a policy or a request with `{0}`, `{1}`, … for holes.
type Holed = String;

/// The holes of the tests: their shape, and values that they can turn out to have.
fn holes() -> Vec<(Hole, Vec<&'static str>)> {
    let of = |name: &str, shape: Shape| Hole::new(format!("x.{name}"), "v", shape);
    let ids = vec![
        "b-00000000-0000-4000-8000-00000000000a",
        "b-1234abcd-12ab-44cd-96ef-1234567890ab",
        "b-ffffffff-ffff-4fff-bfff-ffffffffffff",
    ];
    vec![
        (of("account", Shape::ACCOUNT_ID), vec!["111111111111", "222222222222", "123456789012"]),
        (of("id", Shape::NEW_BROKER_ID), ids),
        (of("any", Shape::ANY), vec!["", "a", "b", "ab", "o*", "orders", "10.0.0.1", "5", "prod", "a:b"]),
        (of("name", Shape::IAM_NAME), vec!["a", "b", "alice", "orders", "prod"]),
    ]
}

fn text(holed: &str) -> Text {
    let holes = holes();
    let mut builder = Text::builder();
    let mut rest = holed;
    while let Some((before, after)) = rest.split_once('⟨') {
        builder.push_str(before);
        let (number, tail) = after.split_once('⟩').unwrap();
        builder.push_hole(&holes[number.parse::<usize>().unwrap()].0);
        rest = tail;
    }
    builder.push_str(rest).finish()
}

fn complete(holed: &str, values: &[&str]) -> String {
    let mut text = holed.to_owned();
    for (index, value) in values.iter().enumerate() {
        text = text.replace(&format!("⟨{index}⟩"), value);
    }
    text
}

fn resources() -> impl Strategy<Value = Holed> {
    select(vec![
        "*",
        "arn:aws:mq:*:*:broker:*",
        "arn:aws:mq:eu-west-1:⟨0⟩:broker:orders:⟨1⟩",
        "arn:aws:mq:eu-west-1:111111111111:broker:*",
        "arn:aws:mq:eu-west-1:2*:broker:orders:*",
        "arn:aws:mq:*:broker:⟨2⟩:*",
        "arn:aws:mq:*:*:broker:⟨3⟩:b-1*",
        "arn:aws:mq:*:*:broker:${aws:username}:*",
        "arn:aws:mq:*:*:broker:${aws:PrincipalTag/team, 'orders'}:⟨1⟩",
        "*:b-1234abcd-*",
        "*orders*a?",
        "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-1234abcd-12ab-44cd-96ef-1234567890ab",
    ])
    .prop_map(str::to_owned)
}

fn judged() -> impl Strategy<Value = Holed> {
    select(vec![
        "*",
        "arn:aws:mq:eu-west-1:⟨0⟩:broker:orders:⟨1⟩",
        "arn:aws:mq:eu-west-1:123456789012:broker:⟨3⟩:⟨1⟩",
        "arn:aws:mq:eu-west-1:111111111111:broker:orders:b-1234abcd-12ab-44cd-96ef-1234567890ab",
    ])
    .prop_map(str::to_owned)
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn condition() -> impl Strategy<Value = Holed> {
    let strings = select(vec![
        "a",
        "b",
        "prod",
        "PROD",
        "p*",
        "*a*",
        "?",
        "",
        "⟨2⟩",
        "⟨3⟩",
        "x⟨3⟩",
        "${aws:username}",
        "${aws:PrincipalTag/owner}",
        "${aws:PrincipalTag/team, 'a'}",
        "orders",
    ]);
    let string_keys = select(vec![
        "aws:username",
        "aws:PrincipalTag/team",
        "aws:PrincipalTag/owner",
        "aws:UserAgent",
        "AWS:principaltag/Team",
        "aws:RequestTag/env",
        "aws:RequestTag/cost",
        "aws:PrincipalOrgID",
    ]);
    let string_operators = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringEqualsIfExists",
        "StringNotLikeIfExists",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringLike",
        "ForAnyValue:StringNotEquals",
    ]);
    let list_keys = select(vec!["aws:VpceOrgPaths", "aws:TagKeys"]);
    let list_operators = select(vec![
        "ForAnyValue:StringEquals",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotLike",
        "ForAllValues:StringNotEquals",
        "ForAllValues:StringLikeIfExists",
        "ForAnyValue:StringLikeIfExists",
    ]);
    let numbers = select(vec!["0", "5", "5.5", "300", "1"]);
    let number_operators = select(vec![
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEqualsIfExists",
    ]);
    let dates = select(vec![
        "2030-01-01T00:00:00Z",
        "2030-01-01",
        "1893456000",
        "2031-01-01",
        "2030-01-01T00:00:01+00:00",
    ]);
    let date_operators = select(vec![
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateGreaterThanEquals",
        "DateLessThanEquals",
    ]);
    let ranges = select(vec![
        "10.0.0.0/8",
        "10.1.0.0/16",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "10.0.0.1",
        "203.0.113.0/24",
    ]);
    let address_operators =
        select(vec!["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"]);
    let booleans = select(vec!["true", "false"]);
    let anything = select(vec![
        "aws:username",
        "aws:PrincipalTag/team",
        "aws:SourceIp",
        "aws:MultiFactorAuthPresent",
        "aws:TagKeys",
        "aws:RequestTag/env",
        "aws:PrincipalOrgID",
        "aws:VpceOrgPaths",
    ]);
    let list = |values: Vec<&str>| {
        let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
        format!("[{}]", quoted.join(","))
    };
    let one = move |operator: &str, key: &str, values: Vec<&'static str>| {
        format!(r#""{operator}":{{"{key}":{}}}"#, list(values))
    };
    prop_oneof![
        4 => (string_operators, string_keys, prop::collection::vec(strings.clone(), 1..3)).prop_map(move |(o, k, v)| one(o, k, v)),
        2 => (list_operators, list_keys, prop::collection::vec(strings, 1..3)).prop_map(move |(o, k, v)| one(o, k, v)),
        1 => (number_operators, Just("aws:MultiFactorAuthAge"), prop::collection::vec(numbers, 1..3)).prop_map(move |(o, k, v)| one(o, k, v)),
        1 => (date_operators, select(vec!["aws:CurrentTime", "aws:EpochTime"]), prop::collection::vec(dates, 1..3)).prop_map(move |(o, k, v)| one(o, k, v)),
        1 => (address_operators, Just("aws:SourceIp"), prop::collection::vec(ranges, 1..3)).prop_map(move |(o, k, v)| one(o, k, v)),
        1 => (select(vec!["Bool", "BoolIfExists"]), Just("aws:MultiFactorAuthPresent"), prop::collection::vec(booleans.clone(), 1..2)).prop_map(move |(o, k, v)| one(o, k, v)),
        1 => (Just("Null"), anything, prop::collection::vec(booleans, 1..2)).prop_map(move |(o, k, v)| one(o, k, v)),
    ]
}

#[derive(Clone, Debug)]
struct Rule {
    allow: bool,
    actions: Vec<&'static str>,
    not_resource: bool,
    resources: Vec<Holed>,
    conditions: Vec<Holed>,
    /// Whether operators stand in the opposite order.
    turned: bool,
}

impl Rule {
    /// The same, every list in the opposite order.
    fn turn(&mut self) {
        self.actions.reverse();
        self.resources.reverse();
        for condition in &mut self.conditions {
            if let Some((before, rest)) = condition.split_once('[') {
                let (list, after) = rest.rsplit_once(']').unwrap();
                let mut values: Vec<serde_json::Value> = serde_json::from_str(&format!("[{list}]")).unwrap();
                values.reverse();
                *condition = format!("{before}{}{after}", serde_json::to_string(&values).unwrap());
            }
        }
        self.turned = !self.turned;
    }

    fn json(&self) -> Holed {
        let actions: Vec<String> = self.actions.iter().map(|action| format!("\"{action}\"")).collect();
        let resources: Vec<String> = self.resources.iter().map(|r| format!("\"{r}\"")).collect();
        // Each operator once, as the grammar wants it.
        let mut operators: BTreeMap<&str, &str> = BTreeMap::new();
        for condition in &self.conditions {
            let (operator, _) = condition.split_once("\":{").unwrap();
            operators.insert(operator, condition);
        }
        let mut conditions: Vec<&str> = operators.into_values().collect();
        if self.turned {
            conditions.reverse();
        }
        format!(
            r#"{{"Effect":"{}","Action":[{}],"{}":[{}],"Condition":{{{}}}}}"#,
            if self.allow { "Allow" } else { "Deny" },
            actions.join(","),
            if self.not_resource { "NotResource" } else { "Resource" },
            resources.join(","),
            conditions.join(",")
        )
    }
}

fn rule() -> impl Strategy<Value = Rule> {
    (
        prop::bool::weighted(0.65),
        prop::collection::vec(
            select(vec!["*", "mq:*", "MQ:reboot*", "mq:RebootBroker", "mq:Delete?roker"]),
            1..3,
        ),
        prop::bool::weighted(0.2),
        prop::collection::vec(resources(), 1..3),
        prop::collection::vec(condition(), 0..3),
    )
        .prop_map(|(allow, actions, not_resource, resources, conditions)| Rule {
            allow,
            actions,
            not_resource,
            resources,
            conditions,
            turned: false,
        })
}

fn policy_text(rules: &[Rule]) -> Holed {
    let statements: Vec<String> = rules.iter().map(Rule::json).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn document(holed: &str) -> PolicyDocument {
    let document = PolicyDocument::parse(&text(holed));
    assert!(document.problems().is_empty(), "{holed}: {:?}", document.problems());
    document
}

#[derive(Clone, Debug)]
struct Case {
    identity: Vec<Vec<Rule>>,
    boundary: Option<Vec<Rule>>,
    session: Option<Vec<Rule>>,
    level: Option<Vec<Rule>>,
    resource: Holed,
    /// What the request holds for `aws:RequestTag/env`.
    tag: Holed,
}

fn case() -> impl Strategy<Value = Case> {
    let rules = || prop::collection::vec(rule(), 1..4);
    (
        prop::collection::vec(rules(), 1..3),
        prop::option::weighted(0.25, rules()),
        prop::option::weighted(0.15, rules()),
        prop::option::weighted(0.15, rules()),
        judged(),
        select(vec!["prod", "⟨2⟩", "x⟨3⟩", "a"]),
    )
        .prop_map(|(identity, boundary, session, level, resource, tag)| Case {
            identity,
            boundary,
            session,
            level,
            resource,
            tag: tag.to_owned(),
        })
}

struct Compiled {
    identity: Vec<PolicyDocument>,
    boundary: Option<PolicyDocument>,
    session: Option<PolicyDocument>,
    level: Option<PolicyDocument>,
}

impl Compiled {
    fn new(case: &Case, completion: Option<&[&str]>) -> Self {
        let compile = |rules: &Vec<Rule>| {
            let holed = policy_text(rules);
            match completion {
                Some(values) => document(&complete(&holed, values)),
                None => document(&holed),
            }
        };
        Self {
            identity: case.identity.iter().map(compile).collect(),
            boundary: case.boundary.as_ref().map(compile),
            session: case.session.as_ref().map(compile),
            level: case.level.as_ref().map(compile),
        }
    }

    fn layers(&self) -> PolicyLayers<'_> {
        PolicyLayers {
            identity: self.identity.iter().collect(),
            boundaries: self.boundary.iter().map(|document| vec![document]).collect(),
            session: self.session.as_ref().map(|document| vec![document]),
            service_control: self.level.iter().map(|document| vec![document]).collect(),
            trust: None,
        }
    }
}

fn free(name: &str, kind: KeyKind, multivalued: bool, may_be_absent: bool) -> KeyValue {
    KeyValue::Free(KeyFacts { name: name.into(), kind, multivalued, may_be_absent, form: None })
}

const FREE: [(&str, KeyKind, bool, bool); 10] = [
    ("aws:username", KeyKind::String, false, false),
    ("aws:PrincipalTag/team", KeyKind::String, false, true),
    ("aws:PrincipalTag/owner", KeyKind::String, false, true),
    ("aws:UserAgent", KeyKind::String, false, false),
    ("aws:MultiFactorAuthAge", KeyKind::Numeric, false, true),
    ("aws:MultiFactorAuthPresent", KeyKind::Bool, false, true),
    ("aws:SourceIp", KeyKind::IpAddress, false, true),
    ("aws:VpceOrgPaths", KeyKind::String, true, true),
    ("aws:CurrentTime", KeyKind::Date, false, false),
    ("aws:EpochTime", KeyKind::Date, false, false),
];

fn open_context(case: &Case) -> ContextTable {
    let mut table = ContextTable::new();
    for (name, kind, multivalued, may_be_absent) in FREE {
        let spelled = if name.contains("Tag/") { "aws:PrincipalTag/${TagKey}" } else { name };
        table.insert(name, free(spelled, kind, multivalued, may_be_absent));
    }
    table.insert("aws:PrincipalOrgID", KeyValue::Unknown(Hole::new("", "organization", Shape::ANY)));
    table.insert("aws:RequestTag/env", KeyValue::one(text(&case.tag)));
    table.insert("aws:TagKeys", KeyValue::list(["env"]));
    table
}

/// A context with every free key fixed, as `pick` chooses.
fn fixed_context(case: &Case, values: &[&str], pick: &mut impl FnMut(usize) -> usize) -> ContextTable {
    const TEXTS: [&str; 12] =
        ["a", "b", "prod", "PROD", "alice", "orders", "xa", "xalice", "ab", "zz*", "p?", "x"];
    let mut table = ContextTable::new();
    let mut choose = |list: &[&str]| list[pick(list.len())].to_owned();
    let time = choose(&["1893455999", "1893456000", "1893456001", "1924992000", "1700000000", "2000000000"]);
    for (name, kind, multivalued, may_be_absent) in FREE {
        if may_be_absent && choose(&["there", "there", "absent"]) == "absent" {
            continue;
        }
        let value = match kind {
            KeyKind::Bool => choose(&["true", "false"]),
            KeyKind::Numeric => choose(&["0", "1", "4", "5", "5.2", "5.5", "6", "299", "300", "301"]),
            KeyKind::IpAddress => choose(&[
                "10.0.0.1",
                "10.1.2.3",
                "11.0.0.1",
                "203.0.113.9",
                "2001:db8::7",
                "fe80::1",
                "10.0.0.2",
            ]),
            KeyKind::Date => time.clone(),
            _ if name.contains("Tag/") && choose(&["full", "full", "full", "full", "empty"]) == "empty" => {
                String::new()
            }
            _ => choose(&TEXTS),
        };
        let value = if multivalued {
            let more = choose(&["", "a", "b", "prod"]);
            KeyValue::list([value, more].into_iter().filter(|text| !text.is_empty()))
        } else {
            KeyValue::one(value)
        };
        table.insert(name, value);
    }
    match choose(&["", "a", "prod", "x"]).as_str() {
        "" => {}
        organization => drop(table.insert("aws:PrincipalOrgID", KeyValue::one(organization))),
    }
    table.insert("aws:RequestTag/env", KeyValue::one(complete(&case.tag, values)));
    table.insert("aws:TagKeys", KeyValue::list(["env"]));
    table
}

/// The context of a conditional verdict, completed by what is not free.
fn shown_context(
    case: &Case,
    values: &[&str],
    organization: &str,
    shown: &RequestContext,
    pick: &mut impl FnMut(usize) -> usize,
) -> ContextTable {
    // Keys that were not looked at may hold anything.
    let mut table = fixed_context(case, values, pick);
    for (name, answer) in shown {
        let value = match answer {
            KeyAnswer::Absent => KeyValue::Absent,
            KeyAnswer::One(value) => KeyValue::one(value.as_str()),
            KeyAnswer::List(values) => KeyValue::list(values.iter().map(String::as_str)),
        };
        // The two clocks show the same time.
        let tied = match (name.as_str(), answer) {
            ("aws:CurrentTime", _) if !shown.contains_key("aws:EpochTime") => Some("aws:EpochTime"),
            ("aws:EpochTime", _) if !shown.contains_key("aws:CurrentTime") => Some("aws:CurrentTime"),
            _ => None,
        };
        if let Some(tied) = tied {
            table.insert(tied, value.clone());
        }
        table.insert(name, value);
    }
    let value = if organization.is_empty() { KeyValue::Absent } else { KeyValue::one(organization) };
    table.insert("aws:PrincipalOrgID", value);
    table
}

fn is_allowed(layers: &PolicyLayers<'_>, request: &Request, context: &ContextTable) -> bool {
    let decision = decide(layers, request, context);
    assert!(decision.outcome().is_some(), "a concrete request is decided");
    decision.allowed == Truth::True
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_completion_contradicts_a_verdict(case in case(), seed in any::<u64>()) {
        let compiled = Compiled::new(&case, None);
        let request = Request::new("mq:RebootBroker", text(&case.resource));
        let open = open_context(&case);
        let verdict = explore(&compiled.layers(), &request, &open);
        let plain = decide(&compiled.layers(), &request, &open);
        let mut state = seed | 1;
        let mut pick = |count: usize| xorshift(&mut state, count);
        let holes = holes();
        for _ in 0..24 {
            let values: Vec<&str> = holes.iter().map(|(_, values)| values[pick(values.len())]).collect();
            // What is written into JSON text must not end it.
            let concrete = Compiled::new(&case, Some(&values));
            let resource = complete(&case.resource, &values);
            // A freshly made id is in no policy: such a completion cannot occur.
            if case_pins(&case, values[1]) {
                continue;
            }
            let request = Request::new("mq:RebootBroker", Text::known(resource));
            let context = fixed_context(&case, &values, &mut pick);
            let allowed = is_allowed(&concrete.layers(), &request, &context);
            match &verdict {
                Verdict::Allowed => prop_assert!(allowed, "{values:?} {context:?}"),
                Verdict::Denied => prop_assert!(!allowed, "{values:?} {context:?}"),
                Verdict::Conditional { allowed_when, denied_when } => {
                    for organization in ["", "a", "prod", "x"] {
                        let context = shown_context(&case, &values, organization, allowed_when, &mut pick);
                        prop_assert!(is_allowed(&concrete.layers(), &request, &context), "{verdict:?} {values:?} {context:?}");
                        let context = shown_context(&case, &values, organization, denied_when, &mut pick);
                        prop_assert!(!is_allowed(&concrete.layers(), &request, &context), "{verdict:?} {values:?} {context:?}");
                    }
                }
                Verdict::Unknown { .. } => {}
            }
            match plain.allowed {
                Truth::True => prop_assert!(allowed),
                Truth::False => prop_assert!(!allowed),
                Truth::Maybe => {}
            }
        }
    }

    #[test]
    fn a_verdict_is_unknown_only_if_something_is(case in case()) {
        // Without holes and unknown keys every verdict is decided, or says that it was not explored.
        let mut case = case;
        let values = ["111111111111", "b-1234abcd-12ab-44cd-96ef-1234567890ab", "a", "orders"];
        case.resource = complete(&case.resource, &values);
        case.tag = complete(&case.tag, &values);
        let compiled = Compiled::new(&case, Some(&values));
        let mut context = open_context(&case);
        context.insert("aws:PrincipalOrgID", KeyValue::Absent);
        let request = Request::new("mq:RebootBroker", text(&case.resource));
        if let Verdict::Unknown { because, explored } = explore(&compiled.layers(), &request, &context) {
            prop_assert!(!explored && because.is_empty(), "{because:?}");
        }
    }

    #[test]
    fn order_does_not_matter(case in case()) {
        let request = Request::new("mq:RebootBroker", text(&case.resource));
        let open = open_context(&case);
        let mut turned = case.clone();
        turned.identity.reverse();
        let layers = turned.identity.iter_mut().chain(&mut turned.boundary);
        for rules in layers.chain(&mut turned.session).chain(&mut turned.level) {
            rules.reverse();
            rules.iter_mut().for_each(Rule::turn);
        }
        let (a, b) = (Compiled::new(&case, None), Compiled::new(&turned, None));
        prop_assert_eq!(decide(&a.layers(), &request, &open), decide(&b.layers(), &request, &open));
        let (a, b) = (explore(&a.layers(), &request, &open), explore(&b.layers(), &request, &open));
        let given_up = |verdict: &Verdict| matches!(verdict, Verdict::Unknown { explored: false, .. });
        prop_assert!(kind(&a) == kind(&b) || given_up(&a) || given_up(&b), "{:?} {:?}", a, b);
    }

    #[test]
    fn a_deny_never_widens_an_allow_never_narrows_a_boundary_never_widens(case in case(), more in rule(), seed in any::<u64>()) {
        let mut state = seed | 1;
        let mut pick = |count: usize| xorshift(&mut state, count);
        let values = ["111111111111", "b-ffffffff-ffff-4fff-bfff-ffffffffffff", "a", "orders"];
        let context = fixed_context(&case, &values, &mut pick);
        let open = open_context(&case);
        let request = Request::new("mq:RebootBroker", Text::known(complete(&case.resource, &values)));
        let allowed = |case: &Case| is_allowed(&Compiled::new(case, Some(&values)).layers(), &request, &context);
        let verdict = |case: &Case| {
            let request = Request::new("mq:RebootBroker", text(&case.resource));
            rank(&explore(&Compiled::new(case, None).layers(), &request, &open))
        };
        let mut denying = case.clone();
        denying.identity[0].push(Rule { allow: false, ..more.clone() });
        let mut allowing = case.clone();
        allowing.identity[0].push(Rule { allow: true, ..more.clone() });
        let mut bounded = case.clone();
        bounded.boundary = None;
        let mut in_session = case.clone();
        in_session.session = None;
        prop_assert!(allowed(&denying) <= allowed(&case));
        prop_assert!(allowed(&allowing) >= allowed(&case));
        prop_assert!(allowed(&case) <= allowed(&bounded));
        prop_assert!(allowed(&case) <= allowed(&in_session));
        let pairs = [(&denying, &case), (&case, &allowing), (&case, &bounded), (&case, &in_session)];
        for (less, greater) in pairs {
            if let (Some(less), Some(greater)) = (verdict(less), verdict(greater)) {
                prop_assert!(less <= greater);
            }
        }
    }
}

/// Whether a policy names the freshly made id.
fn case_pins(case: &Case, id: &str) -> bool {
    let layers = case.identity.iter().chain(&case.boundary).chain(&case.session).chain(&case.level);
    let rules = layers.flatten();
    rules.flat_map(|rule| &rule.resources).any(|resource| resource.contains(id)) || case.resource.contains(id)
}

fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
        Verdict::Conditional { .. } => "conditional",
        Verdict::Unknown { .. } => "unknown",
    }
}

/// How much is allowed; nothing where it is unknown.
fn rank(verdict: &Verdict) -> Option<u8> {
    match verdict {
        Verdict::Denied => Some(0),
        Verdict::Conditional { .. } => Some(1),
        Verdict::Allowed => Some(2),
        Verdict::Unknown { .. } => None,
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(64)
}

#[test]
fn the_generated_cases_reach_every_verdict_and_none_is_needlessly_unknown() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut unexplored, mut needless) = (0, 0);
    let mut state = 88_172_645_463_325_252u64;
    let mut pick = move |count: usize| xorshift(&mut state, count);
    let holes = holes();
    for _ in 0..600 {
        let case = case().new_tree(&mut runner).unwrap().current();
        let compiled = Compiled::new(&case, None);
        let request = Request::new("mq:RebootBroker", text(&case.resource));
        let verdict = explore(&compiled.layers(), &request, &open_context(&case));
        *counts.entry(kind(&verdict)).or_default() += 1;
        let Verdict::Unknown { explored, .. } = &verdict else { continue };
        unexplored += usize::from(!explored);
        // Of many completions, some should be allowed and some denied.
        let mut outcomes = [false, false];
        for _ in 0..2000 {
            let values: Vec<&str> = holes.iter().map(|(_, values)| values[pick(values.len())]).collect();
            if case_pins(&case, values[1]) {
                continue;
            }
            let concrete = Compiled::new(&case, Some(&values));
            let request = Request::new("mq:RebootBroker", Text::known(complete(&case.resource, &values)));
            let context = fixed_context(&case, &values, &mut pick);
            outcomes[usize::from(is_allowed(&concrete.layers(), &request, &context))] = true;
            if outcomes == [true, true] {
                break;
            }
        }
        if outcomes != [true, true] {
            needless += 1;
            println!("perhaps needless: {verdict:?}\n    {case:?}");
        }
    }
    println!("{counts:?}, not explored: {unexplored}, perhaps needless: {needless}");
    for name in ["allowed", "denied", "conditional", "unknown"] {
        assert!(counts.get(name).is_some_and(|count| *count > 10), "{counts:?}");
    }
    // The sampled values do not reach every combination.
    assert!(unexplored < 60 && needless < 30, "{unexplored} {needless}");
}

/// A number below `count`.
fn xorshift(state: &mut u64, count: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % u64::try_from(count).unwrap()).unwrap()
}
