use super::{GivenPolicies, document};

const ARN: &str = "arn:aws:iam::aws:policy/AmazonMQFullAccess";

fn added(text: &str) -> Result<GivenPolicies, String> {
    let mut given = GivenPolicies::default();
    given.add("policies.json", Some("policies"), text).map_err(|error| error.to_string())?;
    Ok(given)
}

fn document_of(text: &str) -> String {
    added(text).unwrap().get(ARN).unwrap().to_owned()
}

#[test]
fn every_form_of_the_cli_is_read() {
    let forms = [
        r#"{"Arn":"ARN","PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v9","IsDefaultVersion":true}}"#,
        r#"{"PolicyName":"AmazonMQFullAccess","PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v9"}}"#,
        r#"{"Policy":{"Arn":"ARN","DefaultVersionId":"v9"},"PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v9"}}"#,
        r#"{"Policy":{"Arn":"ARN","DefaultVersionId":"v9"}}
           {"PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v9"}}"#,
        r#"{"UserDetailList":[],"Policies":[{"PolicyName":"x","Arn":"ARN","DefaultVersionId":"v2","PolicyVersionList":[
             {"Document":{"Statement":["old"]},"VersionId":"v1","IsDefaultVersion":false},
             {"Document":{"Statement":[]},"VersionId":"v2","IsDefaultVersion":true},
             {"Document":{"Statement":["older"]},"VersionId":"v0","IsDefaultVersion":false}]}]}"#,
        r#"[{"arn":"arn:aws:iam::aws:policy/ReadOnlyAccess","doc":{}, "document":{"Statement":[]}},
            {"arn":"ARN","ver":"v3","doc":{"Statement":[]}}]"#,
        r#"{"ARN":{"Statement":[]}}"#,
        r#"{"AmazonMQFullAccess":{"Arn":"ARN","DefaultVersionId":"v9","Document":{"Statement":[]},"Path":"/"}}"#,
        r#"{"arn":"ARN","name":"AmazonMQFullAccess","policy":"{\"Statement\":[]}"}"#,
        r#"{"Arn":"ARN","PolicyVersion":{"Document":"%7B%22Statement%22%3A%5B%5D%7D"}}"#,
    ];
    for form in forms {
        assert_eq!(document_of(&form.replace("ARN", ARN)), r#"{"Statement":[]}"#, "{form}");
    }
}

#[test]
fn a_file_that_is_named_like_the_policy_needs_no_more() {
    let version =
        r#"{"PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v9","IsDefaultVersion":true}}"#;
    let mut given = GivenPolicies::default();
    given.add("ViewOnlyAccess.json", Some("ViewOnlyAccess"), version).unwrap();
    assert!(given.get("arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess").is_some());
    assert!(given.get(ARN).is_none());
    let error = added(version).unwrap_err();
    assert!(error.contains("nothing says which policy"), "{error}");
}

#[test]
fn what_cannot_be_used_is_refused() {
    for (text, why) in [
        ("", "is empty"),
        ("[]", "holds no policy"),
        ("{", "not JSON"),
        ("3", "no policy"),
        (r#"{"a": 1}"#, "no policy"),
        (r#"{"Arn":"ARN"}"#, "without its document"),
        (r#"{"Policies":[{"Arn":"ARN","PolicyName":"AmazonMQFullAccess"}]}"#, "without its document"),
        (r#"{"Arn":"arn:aws:s3:::bucket","Document":{"Statement":[]}}"#, "not the ARN of a policy"),
        (
            r#"{"Arn":"ARN","PolicyVersion":{"Document":{"Statement":[]},"VersionId":"v1","IsDefaultVersion":false}}"#,
            "default version",
        ),
        (r#"{"Arn":"ARN","PolicyVersion":{"Document":"no"}}"#, "no JSON object"),
    ] {
        let error = added(&text.replace("ARN", ARN)).map(|_| ()).unwrap_err();
        assert!(error.contains(why), "{text}: {error}");
        assert!(error.starts_with("policies.json"), "{error}");
    }
}

#[test]
fn policies_of_an_account_are_found_by_their_own_arn_alone() {
    let own = r#"{"Arn":"arn:aws:iam::123456789012:policy/team/ops","Document":{"Statement":[]}}"#;
    let given = added(own).unwrap();
    assert!(given.get("arn:aws:iam::123456789012:policy/team/ops").is_some());
    assert!(given.get("arn:aws:iam::210987654321:policy/team/ops").is_none());
}

#[test]
fn documents_may_be_encoded() {
    assert_eq!(document(&"%7B%7D".into()).as_deref(), Some("{}"));
    assert_eq!(document(&"%7".into()), None);
    assert_eq!(document(&"[]".into()), None);
}
