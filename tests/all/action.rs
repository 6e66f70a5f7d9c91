//! The GitHub Action: its form, and its steps as a runner would run them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::report::support::root;
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value};

fn yaml(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).expect("it is YAML");
    assert_eq!(documents.len(), 1);
    value(&documents[0])
}

fn value(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::Boolean(value)) => Value::Bool(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(value)) => Value::String(value.to_string()),
        Yaml::Value(_) => Value::Null,
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(members) => {
            let member =
                |(key, node): (&Yaml<'_>, &Yaml<'_>)| (key.as_str().unwrap().to_owned(), value(node));
            Value::Object(members.iter().map(member).collect::<Map<_, _>>())
        }
        other => panic!("{other:?}"),
    }
}

fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn action() -> Value {
    yaml(&file("action.yml"))
}

/// The workflow of the documentation.
fn documented() -> Value {
    let page = file("docs/github-action.md");
    yaml(page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap())
}

fn workflows() -> Vec<(&'static str, Value)> {
    vec![
        ("ci.yml", yaml(&file(".github/workflows/ci.yml"))),
        ("release.yml", yaml(&file(".github/workflows/release.yml"))),
        ("docs", documented()),
    ]
}

fn steps_of(workflow: &Value) -> Vec<Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap().clone()).collect()
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_input_is_there_and_is_used() {
    let (action, text) = (action(), file("action.yml"));
    for input in names(&action["inputs"]) {
        assert!(text.contains(&format!("inputs.{input}")), "{input} is not used");
    }
    for used in text.split("inputs.").skip(1) {
        let name = used.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap();
        assert!(action["inputs"][name].is_object(), "{name} is no input");
    }
    let expected =
        ["plan", "plan-file", "config-dir", "intent", "fail-on", "format", "baseline", "comment", "version"];
    assert!(expected.iter().all(|input| action["inputs"][input].is_object()));
    assert_eq!(names(&action["outputs"]), ["findings", "json-file", "sarif-file", "verdict"]);
}

#[test]
fn the_documentation_knows_every_input_and_output() {
    let (action, page) = (action(), file("docs/github-action.md"));
    for name in names(&action["inputs"]).into_iter().chain(names(&action["outputs"])) {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
    for (workflow, text) in workflows() {
        for step in steps_of(&text) {
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses == "./" || uses.starts_with("OWNER/mqwarden@") {
                for input in names(&step["with"]) {
                    assert!(action["inputs"][input].is_object(), "{workflow}: {input}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_written_into_a_script() {
    let mut steps = action()["runs"]["steps"].as_array().unwrap().clone();
    for (_, workflow) in workflows() {
        steps.extend(steps_of(&workflow));
    }
    for step in steps {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}

#[test]
fn other_actions_are_pinned_by_commit() {
    let steps = action()["runs"]["steps"].as_array().unwrap().clone();
    assert!(steps.iter().all(|step| step["uses"].is_null()), "the action uses no other");
    for (name, workflow) in workflows() {
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}: nothing is permitted by default");
        for step in steps_of(&workflow) {
            let Some(uses) = step["uses"].as_str() else { continue };
            let commit = uses.rsplit('@').next().unwrap();
            let is_pinned = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_pinned || uses == "./" || uses == "OWNER/mqwarden@COMMIT", "{name}: {uses}");
        }
    }
}

/// A runner: a folder of its own, the files that it gives to steps, and what the steps put out.
struct Runner {
    folder: tempfile::TempDir,
    inputs: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
    event: Value,
    work: PathBuf,
    /// What the workflow names after the `@`.
    reference: &'static str,
}

impl Runner {
    /// None where the machine lacks what a runner has.
    fn new(inputs: &[(&str, &str)]) -> Option<Self> {
        for tool in ["bash", "jq", "sha256sum"] {
            if Command::new(tool).arg("--version").output().is_err() {
                eprintln!("skipped: there is no {tool}");
                return None;
            }
        }
        let defaults = action()["inputs"].clone();
        let default = |(name, input): (&String, &Value)| {
            (name.clone(), input["default"].as_str().unwrap_or_default().to_owned())
        };
        let mut all: BTreeMap<String, String> = defaults.as_object().unwrap().iter().map(default).collect();
        all.extend(inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let folder = tempfile::tempdir().unwrap();
        let binary = env!("CARGO_BIN_EXE_mqwarden").to_owned();
        let outputs = BTreeMap::from([("steps.get.outputs.binary".to_owned(), binary)]);
        let work = root().to_owned();
        Some(Self { folder, inputs: all, outputs, event: serde_json::json!({}), work, reference: "v9.9.9" })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Puts a program before all others.
    fn stub(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
        make_executable(&path);
    }

    fn expanded(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (expression, after) = rest.split_once("}}").unwrap();
        let expression = expression.trim();
        let value = match expression.strip_prefix("inputs.") {
            Some(input) => self.inputs[input].clone(),
            None if expression == "github.action_ref" => self.reference.to_owned(),
            None if expression == "github.action_repository" => "example/mqwarden".to_owned(),
            None => self.outputs.get(expression).cloned().unwrap_or_default(),
        };
        format!("{before}{value}{}", self.expanded(after))
    }

    /// Runs the step of this name.
    fn step(&mut self, name: &str) -> Output {
        let steps = action()["runs"]["steps"].as_array().unwrap().clone();
        let step = steps.iter().find(|step| step["name"] == name).expect("the step").clone();
        let (output, summary, event) = (self.path("output"), self.path("summary"), self.path("event.json"));
        fs::write(&output, "").unwrap();
        fs::write(&event, self.event.to_string()).unwrap();
        let bin = self.path("bin");
        let search = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()])
            .current_dir(&self.work)
            .env("PATH", search)
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_EVENT_PATH", &event)
            .env("GITHUB_REPOSITORY", "example/infra")
            .env("RUNNER_TEMP", self.folder.path());
        for (name, value) in step["env"].as_object().unwrap() {
            command.env(name, self.expanded(value.as_str().unwrap()));
        }
        let done = command.output().unwrap();
        let id = step["id"].as_str().unwrap_or_default();
        for line in self.read("output").lines() {
            let (key, value) = line.split_once('=').unwrap();
            self.outputs.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
        }
        done
    }

    fn output(&self, name: &str) -> String {
        let value = action()["outputs"][name]["value"].as_str().unwrap().to_owned();
        self.expanded(&value)
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

const CHECK: &str = "Check the plan";
const COMMENT: &str = "Comment on the pull request";
const FAIL: &str = "Fail if there are findings";
const GET: &str = "Get mqwarden";

#[test]
fn a_plan_without_findings_passes() {
    let folder = "testdata/well-made/platform-environments";
    let (plan, saved) = (format!("{folder}/plan.json"), format!("{folder}/tfplan"));
    let Some(mut runner) = Runner::new(&[("plan", &plan), ("plan-file", &saved), ("config-dir", folder)])
    else {
        return;
    };
    let checked = runner.step(CHECK);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!((&*runner.output("verdict"), &*runner.output("findings")), ("passed", "0"));
    assert!(runner.read("summary").starts_with("## ✅ mqwarden: passed"));
    let report: Value =
        serde_json::from_str(&fs::read_to_string(runner.output("json-file")).unwrap()).unwrap();
    assert_eq!(report["schema_version"], "1");
    assert!(runner.step(FAIL).status.success());
}

#[test]
fn findings_fail_after_everything_is_written() {
    let folder = "testdata/report/platform";
    let (plan, saved) = (format!("{folder}/plan.json"), format!("{folder}/tfplan"));
    let intent = format!("{folder}/mqwarden.hcl");
    let inputs = [
        ("plan", &*plan),
        ("plan-file", &saved),
        ("config-dir", folder),
        ("intent", &intent),
        ("format", "json"),
    ];
    let Some(mut runner) = Runner::new(&inputs) else { return };
    let checked = runner.step(CHECK);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(runner.output("verdict"), "failed");
    assert!(runner.read("summary").starts_with("## ❌ mqwarden: failed"));
    let sarif: Value =
        serde_json::from_str(&fs::read_to_string(runner.output("sarif-file")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len().to_string(), runner.output("findings"));
    assert!(
        results.iter().all(|result| result["suppressions"].is_null()),
        "accepted findings are not uploaded"
    );
    let report: Value =
        serde_json::from_str(&fs::read_to_string(runner.output("json-file")).unwrap()).unwrap();
    assert!(report["findings"].as_array().unwrap().len() > results.len());
    assert!(!runner.step(FAIL).status.success());
}

#[test]
fn what_cannot_be_read_fails_at_once() {
    let Some(mut runner) = Runner::new(&[("plan", "testdata/input/text.json")]) else { return };
    let checked = runner.step(CHECK);
    assert_eq!(checked.status.code(), Some(2));
    assert_eq!(runner.output("verdict"), "");
    assert!(!runner.step(FAIL).status.success());
}

#[test]
fn inputs_and_plans_give_no_commands() {
    let Some(mut runner) = Runner::new(&[("plan", "--help"), ("intent", "$(touch owned); `touch owned`")])
    else {
        return;
    };
    runner.work = runner.folder.path().to_owned();
    assert!(!runner.step(CHECK).status.success());
    assert!(!runner.path("owned").exists());
    // What the plan says stands between the two commands that keep the runner from listening.
    let Some(mut runner) = Runner::new(&[("plan", "testdata/report/hostile/plan.json")]) else { return };
    let text = String::from_utf8(runner.step(CHECK).stdout).unwrap();
    let stop = text.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    assert!(stop.len() > 30);
    assert_eq!(text.lines().last(), Some(&*format!("::{stop}::")));
}

#[test]
fn one_comment_is_kept_up_to_date() {
    let Some(mut runner) = Runner::new(&[("plan", "testdata/cases/orders/plan.json"), ("fail-on", "never")])
    else {
        return;
    };
    assert!(runner.step(CHECK).status.success());
    runner.stub(
        "gh",
        "echo \"$*\" >>\"$RUNNER_TEMP/calls\"\ncase \"$*\" in *--paginate*) cat \"$RUNNER_TEMP/ids\" ;; esac",
    );
    fs::write(runner.path("ids"), "").unwrap();
    let commented = runner.step(COMMENT);
    assert!(commented.status.success() && runner.read("calls").is_empty(), "no pull request, no comment");

    runner.event = serde_json::json!({"issue": {"number": 3}});
    assert!(runner.step(COMMENT).status.success());
    assert!(runner.read("calls").is_empty(), "a comment on an issue is about no pull request");

    runner.event = serde_json::json!({"pull_request": {"number": 7}});
    assert!(runner.step(COMMENT).status.success());
    let calls = runner.read("calls");
    assert!(calls.contains("--method POST repos/example/infra/issues/7/comments"), "{calls}");
    let written = runner.outputs["steps.check.outputs.markdown-file"].clone() + ".json";
    let body: Value = serde_json::from_str(&fs::read_to_string(written).unwrap()).unwrap();
    let body = body["body"].as_str().unwrap();
    assert!(body.starts_with("<!-- mqwarden ") && body.contains("## ✅ mqwarden: passed"), "{body}");

    fs::write(runner.path("ids"), "42\n43\n").unwrap();
    fs::write(runner.path("calls"), "").unwrap();
    assert!(runner.step(COMMENT).status.success());
    let calls = runner.read("calls");
    assert!(
        calls.contains("--method PATCH repos/example/infra/issues/comments/42") && !calls.contains("POST")
    );

    runner.stub("gh", "exit 1");
    let commented = runner.step(COMMENT);
    assert!(commented.status.success(), "a comment that may not be written fails nothing");
    assert!(String::from_utf8_lossy(&commented.stdout).contains("::warning"));
}

#[test]
fn a_release_is_taken_where_there_is_one_and_its_checksum_holds() {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        eprintln!("skipped: releases are for Linux on x86-64");
        return;
    }
    let Some(mut runner) = Runner::new(&[]) else { return };
    let download = "cd \"$RUNNER_TEMP/mqwarden\"\necho program >mqwarden-x86_64-unknown-linux-musl\n\
                    sha256sum mqwarden-x86_64-unknown-linux-musl >mqwarden-x86_64-unknown-linux-musl.sha256\n";
    runner.stub("gh", &format!("echo \"$*\" >\"$RUNNER_TEMP/calls\"\n{download}"));
    runner.stub("cargo", "exit 9");
    let got = runner.step(GET);
    assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stderr));
    assert!(runner.read("calls").contains("release download v9.9.9 --repo example/mqwarden"));
    assert!(runner.outputs["steps.get.outputs.binary"].ends_with("mqwarden-x86_64-unknown-linux-musl"));

    runner.stub("gh", &format!("{download}\necho other >mqwarden-x86_64-unknown-linux-musl"));
    let got = runner.step(GET);
    assert!(!got.status.success() && String::from_utf8_lossy(&got.stderr).contains("checksum"));
}

#[test]
fn a_job_can_check_several_plans() {
    let Some(mut runner) = Runner::new(&[("fail-on", "never")]) else { return };
    let mut files = Vec::new();
    for folder in ["testdata/cases/orders", "testdata/report/shipping"] {
        runner.inputs.insert("plan".into(), format!("{folder}/plan.json"));
        assert!(runner.step(CHECK).status.success());
        files.push((runner.output("json-file"), runner.output("sarif-file")));
    }
    assert!(files[0].0 != files[1].0 && files[0].1 != files[1].1);
    let brokers = |file: &str| {
        let report: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        report["brokers"].as_array().unwrap().len()
    };
    assert_eq!((brokers(&files[0].0), brokers(&files[1].0)), (2, 1));
}

#[test]
fn a_commit_is_a_release_where_the_tag_of_its_version_is_that_commit() {
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        eprintln!("skipped: releases are for Linux on x86-64");
        return;
    }
    let Some(mut runner) = Runner::new(&[]) else { return };
    runner.reference = COMMIT;
    let own = concat!("v", env!("CARGO_PKG_VERSION"));
    let gh = |tagged: &str| {
        format!(
            "case \"$*\" in\n\
             \"api repos/example/mqwarden/commits/{own} --jq .sha\") echo {tagged} ;;\n\
             *) echo \"$*\" >>\"$RUNNER_TEMP/calls\"; cd \"$RUNNER_TEMP/mqwarden\"\n\
             echo program >mqwarden-x86_64-unknown-linux-musl\n\
             sha256sum mqwarden-x86_64-unknown-linux-musl >mqwarden-x86_64-unknown-linux-musl.sha256 ;;\nesac"
        )
    };
    runner.stub("rustup", "exit 0");
    runner.stub("cargo", "echo \"cargo $*\" >>\"$RUNNER_TEMP/calls\"");
    runner.stub("gh", &gh(COMMIT));
    assert!(runner.step(GET).status.success());
    let calls = runner.read("calls");
    assert!(calls.contains(&format!("release download {own} ")) && !calls.contains("cargo"), "{calls}");
    // The tag is another commit: what is pinned is built.
    fs::write(runner.path("calls"), "").unwrap();
    runner.stub("gh", &gh("ffffffffffffffffffffffffffffffffffffffff"));
    assert!(runner.step(GET).status.success());
    let calls = runner.read("calls");
    assert!(calls.contains("cargo") && !calls.contains("download"), "{calls}");
}

#[test]
fn without_a_release_the_checkout_is_built() {
    let Some(mut runner) = Runner::new(&[]) else { return };
    runner.stub("gh", "exit 1");
    runner.stub("rustup", "echo \"rustup $*\" >>\"$RUNNER_TEMP/calls\"");
    runner.stub("cargo", "echo \"cargo $*\" >>\"$RUNNER_TEMP/calls\"");
    let got = runner.step(GET);
    assert!(got.status.success(), "{}", String::from_utf8_lossy(&got.stderr));
    let calls = runner.read("calls");
    assert!(calls.contains("rustup toolchain install 1.95"), "{calls}");
    assert!(calls.contains("cargo +1.95 build --release --locked --bin mqwarden"), "{calls}");
    assert!(runner.outputs["steps.get.outputs.binary"].ends_with("target/release/mqwarden"));

    runner.inputs.insert("version".into(), "1.2.3".into());
    assert!(!runner.step(GET).status.success(), "a release that is named must be there");
    runner.inputs.insert("version".into(), "source".into());
    assert!(runner.step(GET).status.success());
}
