use serde_json::{Value, json};

use super::{Outcome, run};

fn answers(input: &str) -> (Vec<Value>, Outcome) {
    let mut output = Vec::new();
    let outcome = run(input.as_bytes(), &mut output).unwrap();
    let lines = String::from_utf8(output).unwrap();
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), outcome)
}

fn answer(request: &Value) -> Value {
    let (mut answers, _) = answers(&request.to_string());
    answers.remove(0)
}

fn allow(resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "mq:*", "Resource": resource}})
}

fn request(policy: &Value, action: &str) -> Value {
    json!({"PolicyInputList": [policy], "ActionNames": [action]})
}

fn decision(request: &Value) -> Value {
    answer(request)["EvaluationResults"][0]["EvalDecision"].clone()
}

#[test]
fn an_answer_has_the_fields_of_the_service() {
    let request = json!({
        "Id": {"n": 1.0},
        "PolicyInputList": [allow("*").to_string(), {"Statement": []}],
        "ActionNames": ["mq:RebootBroker", "mq:CreateBroker"],
        "ResourceArns": ["arn:aws:mq:eu-west-1:1:broker:a:b-1", "arn:aws:mq:eu-west-1:1:broker:b:b-2"],
        "SessionPolicyInputList": [{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "NotAction": "mq:x", "Resource": "arn:aws:mq:*:*:broker:${aws:username}:*"},
            {"Effect": "Allow", "Action": "mq:Create*", "Resource": "*",
             "Condition": {"StringEquals": {"aws:RequestedRegion": "${AWS:UserName, 'x'}"}}}]}],
        "ContextEntries": [{"ContextKeyName": "AWS:UserName", "ContextKeyValues": ["b"], "ContextKeyType": "string"}],
    });
    let answer = answer(&request);
    assert_eq!(answer["Id"], json!({"n": 1.0}));
    let results = answer["EvaluationResults"].as_array().unwrap();
    let summary: Vec<[&Value; 3]> = results
        .iter()
        .map(|result| ["EvalActionName", "EvalResourceName", "EvalDecision"].map(|name| &result[name]))
        .collect();
    let reboot = "mq:RebootBroker";
    assert_eq!(
        json!(summary),
        json!([
            [reboot, "arn:aws:mq:eu-west-1:1:broker:a:b-1", "implicitDeny"],
            [reboot, "arn:aws:mq:eu-west-1:1:broker:b:b-2", "allowed"],
            ["mq:CreateBroker", "*", "implicitDeny"],
            ["mq:CreateBroker", "*", "implicitDeny"],
        ])
    );
    assert_eq!(results[0]["MatchedStatements"], json!([]));
    assert_eq!(results[1]["MissingContextValues"], json!(["aws:RequestedRegion"]));
    let matched = results[1]["MatchedStatements"].as_array().unwrap();
    assert_eq!(matched[0]["SourcePolicyId"], "PolicyInputList.1");
    assert_eq!(matched[1]["SourcePolicyId"], "SessionPolicyInputList.1");
    assert_eq!(matched[0]["StartPosition"], json!({"Line": 1, "Column": 14}));
}

#[test]
fn an_action_without_resource_types_is_evaluated_on_a_star_as_text() {
    for (resource, expected) in
        [("*", "allowed"), ("**", "allowed"), ("arn:*", "implicitDeny"), ("?", "allowed")]
    {
        assert_eq!(decision(&request(&allow(resource), "mq:CreateBroker")), expected, "{resource}");
    }
    let policy = json!({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:mq:*:*:*"}});
    assert_eq!(decision(&request(&policy, "MQ:createbroker")), "allowed");
}

#[test]
fn the_caller_brings_keys_of_its_own_unless_they_are_given() {
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
        "StringEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/ops", "aws:PrincipalAccount": "1",
                         "aws:PrincipalType": "AssumedRole"},
        "Null": {"aws:username": true}}}});
    let mut asked = request(&policy, "mq:RebootBroker");
    asked["CallerArn"] = json!("arn:aws:sts::1:assumed-role/ops/session");
    assert_eq!(decision(&asked), "allowed");
    asked["ContextEntries"] = json!([{"ContextKeyName": "AWS:principalaccount", "ContextKeyValues": ["2"]}]);
    assert_eq!(decision(&asked), "implicitDeny");
    let user = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
        "StringEquals": {"aws:username": "eve", "aws:PrincipalType": "User"}}}});
    let mut asked = request(&user, "mq:RebootBroker");
    asked["CallerArn"] = json!("arn:aws:iam::1:user/team/eve");
    assert_eq!(decision(&asked), "allowed");
}

#[test]
fn what_cannot_be_evaluated_gives_an_error_in_its_place() {
    let good = request(&allow("*"), "mq:RebootBroker");
    let with = |field: &str, value: Value| {
        let mut request = good.clone();
        request["Id"] = json!("x");
        request[field] = value;
        request
    };
    let bad = [
        with("Other", json!(1)),
        with("ActionNames", json!(["RebootBroker"])),
        with("ActionNames", json!(["mq:*"])),
        with("PolicyInputList", json!(["{"])),
        with("PolicyInputList", json!([{"Statement": {"Effect": "Allow", "Action": "*"}}])),
        with(
            "PolicyInputList",
            json!([{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}]),
        ),
        with("CallerArn", json!("ops")),
        with(
            "ContextEntries",
            json!([{"ContextKeyName": "a:b", "ContextKeyValues": ["x"], "ContextKeyType": "numeric"}]),
        ),
        with(
            "ContextEntries",
            json!([{"ContextKeyName": "a:b", "ContextKeyValues": ["x"], "ContextKeyType": "text"}]),
        ),
        with(
            "ContextEntries",
            json!([{"ContextKeyName": "a:b", "ContextKeyValues": []}, {"ContextKeyName": "A:B", "ContextKeyValues": []}]),
        ),
    ];
    let lines: Vec<String> = bad.iter().chain([&good]).map(ToString::to_string).collect();
    let (answers, outcome) = answers(&format!("{}\n\nnot json\n", lines.join("\r\n")));
    assert_eq!(outcome, Outcome { requests: bad.len() + 2, errors: bad.len() + 1 });
    for (request, answer) in bad.iter().zip(&answers) {
        assert_eq!(answer["Id"], "x");
        assert!(answer["Error"].is_string(), "{request} gives {answer}");
    }
    assert_eq!(answers[bad.len()]["EvaluationResults"][0]["EvalDecision"], "allowed");
    assert!(answers[bad.len() + 1]["Error"].is_string());
}

#[test]
fn an_answer_is_one_line_whatever_the_id_is() {
    let request = request(&allow("*"), "mq:RebootBroker").to_string();
    let spread = format!("{{\n\"Id\": [1,\n \"a \\\" b\",\t2.50],{}", request.trim_start_matches('{'));
    let mut output = Vec::new();
    run(spread.as_bytes(), &mut output).unwrap();
    let line = String::from_utf8(output).unwrap();
    assert!(line.starts_with(r#"{"Id":[1,"a \" b",2.50],"EvaluationResults""#), "{line}");
    assert_eq!(line.lines().count(), 1);
    let (found, outcome) = answers(
        "[1,2]\n{\"PolicyInputList\":[],\"ActionNames\":[\"a:b\"],\"ContextEntries\":[[\"a:b\",[]]]}",
    );
    assert_eq!((found.len(), outcome.errors), (2, 2));
}

#[test]
fn a_single_object_may_take_several_lines() {
    let pretty = serde_json::to_string_pretty(&request(&allow("*"), "mq:RebootBroker")).unwrap();
    let (found, outcome) = answers(&format!("\u{feff}\n{pretty}\n"));
    assert_eq!((found.len(), outcome.errors), (1, 0));
    let (found, outcome) = answers("{\n\"broken\": \n");
    assert_eq!((found.len(), outcome.errors), (2, 2));
    assert_eq!(answers("").0.len(), 0);
}

#[test]
fn boundaries_sessions_and_levels_have_to_allow() {
    let deny = json!({"Statement": {"Effect": "Deny", "Action": "mq:*", "Resource": "*"}});
    let none = json!({"Statement": []});
    let base = request(&allow("*"), "mq:RebootBroker");
    let cases = [
        ("PermissionsBoundaryPolicyInputList", json!([]), "allowed"),
        ("PermissionsBoundaryPolicyInputList", json!([none]), "implicitDeny"),
        ("PermissionsBoundaryPolicyInputList", json!([allow("*"), deny]), "explicitDeny"),
        ("SessionPolicyInputList", json!([]), "allowed"),
        ("SessionPolicyInputList", json!([none, allow("*")]), "allowed"),
        ("SessionPolicyInputList", json!([none]), "implicitDeny"),
        ("ServiceControlPolicyInputList", json!([]), "allowed"),
        ("ServiceControlPolicyInputList", json!([[]]), "implicitDeny"),
        ("ServiceControlPolicyInputList", json!([[allow("*")], [allow("*"), none]]), "allowed"),
        ("ServiceControlPolicyInputList", json!([[allow("*")], [none]]), "implicitDeny"),
    ];
    for (field, value, expected) in cases {
        let mut request = base.clone();
        request[field] = value.clone();
        assert_eq!(decision(&request), expected, "{field} {value}");
    }
}

#[test]
fn every_policy_that_is_refused_is_named() {
    let policy = json!({"Statement": [
        {"Sid": "a b", "Effect": "Allow", "Action": "invalid", "Resource": "*"},
        {"Sid": "X", "Effect": "Allow", "Action": "mq:*", "Resource": "*"},
        {"Sid": "X", "Effect": "Allow", "Action": "mq:*", "Resource": "orders"},
    ]});
    let mut request = request(&policy, "mq:RebootBroker");
    request["PermissionsBoundaryPolicyInputList"] = json!([{"Statement": {"Effect": "allow"}}]);
    let answer = answer(&request);
    let error = answer["Error"].as_str().unwrap();
    for part in [
        "PolicyInputList.1: Statement[0].Sid: an id is made of letters and digits alone",
        "Statement[0].Action: `invalid` is no action; write it like `mq:RebootBroker`",
        "Statement[2].Sid: another statement of the policy has the same id",
        "Statement[2].Resource: `orders` is neither an ARN nor `*`",
        "PermissionsBoundaryPolicyInputList.1: Statement.Effect",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn what_organizations_refuse_is_left_to_them() {
    let mut request = request(&allow("*"), "mq:RebootBroker");
    let level = json!({"Statement": {"Sid": "Let all", "Effect": "Allow", "Action": "*", "Resource": "*"}});
    request["ServiceControlPolicyInputList"] = json!([[level]]);
    assert_eq!(decision(&request), "allowed");
}
