//! The page, in a real browser.
//!
//! The browser is `MQWARDEN_BROWSER`, or Chromium or Chrome as found; `scripts/install-test-tools.sh` installs it. Without
//! one these tests say that they are skipped.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::support::{check, check_text, large_plan, plans};
use serde_json::Value;

const PLATFORM: &str = "testdata/report/platform";

fn browser() -> Option<String> {
    let named = std::env::var("MQWARDEN_BROWSER").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome", "chrome"].map(str::to_owned);
    let found =
        named.into_iter().chain(usual).find(|name| Command::new(name).arg("--version").output().is_ok());
    if found.is_none() {
        eprintln!("skipped: there is no browser; scripts/install-test-tools.sh installs one");
    }
    found
}

/// A page, open in the browser.
struct Page {
    folder: tempfile::TempDir,
    browser: String,
}

impl Page {
    fn new(html: &str) -> Option<Self> {
        let browser = browser()?;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("report.html"), html).unwrap();
        Some(Self { folder, browser })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }

    /// The document once its scripts are through, and what the browser had to say about it.
    fn open(&self, fragment: &str) -> (String, Vec<String>) {
        let output = Command::new(&self.browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"])
            .args(["--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000"])
            .arg(format!("--user-data-dir={}", self.folder.path().join("profile").display()))
            .arg(format!("file://{}#{fragment}", self.path().display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let console = said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
        (String::from_utf8(output.stdout).expect("UTF-8"), console)
    }

    /// What a script of the page finds. It ends by giving a value that can be written as JSON.
    fn ask(&self, fragment: &str, script: &str) -> Value {
        let html = fs::read_to_string(self.path()).unwrap();
        let nonce = html.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        let asked = format!(
            "<script nonce=\"{nonce}\">(async () => {{\n\
             const after = (time) => new Promise((done) => setTimeout(done, time));\n\
             const $ = (selector) => document.querySelector(selector);\n\
             const all = (selector) => [...document.querySelectorAll(selector)];\n\
             const texts = (selector) => all(selector).map((node) => node.textContent);\n\
             const type = async (selector, value) => {{\n\
               $(selector).value = value;\n\
               $(selector).dispatchEvent(new Event('input', {{bubbles: true}}));\n\
               await after(300);\n\
             }};\n\
             const answer = await (async () => {{ {script} }})();\n\
             const node = document.createElement('pre');\n\
             node.id = 'answer';\n\
             node.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(answer))));\n\
             document.body.append(node);\n}})();</script></body>"
        );
        fs::write(self.path(), html.replace("</body>", &asked)).unwrap();
        let (document, console) = self.open(fragment);
        fs::write(self.path(), &html).unwrap();
        assert!(console.is_empty(), "{console:#?}");
        let answer =
            document.split("<pre id=\"answer\">").nth(1).expect("an answer").split('<').next().unwrap();
        serde_json::from_slice(&from_base64(answer)).expect("JSON")
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0, |bits, &byte| bits << 6 | digit(byte)) << (6 * (4 - four.len()));
        bytes.extend(bits.to_be_bytes().iter().skip(1).take(four.len() - 1));
    }
    bytes
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_page_has_two_scripts_and_its_data_is_json() {
    for plan in plans() {
        let html = check(&plan, "html", true);
        assert_eq!(html.matches("<script").count(), 2, "{}", plan.display());
        assert_eq!(html.matches("</script").count(), 2, "{}", plan.display());
        let data =
            html.split("type=\"application/json\">").nth(1).unwrap().split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(data).expect("JSON");
        let report: Value = serde_json::from_str(&check(&plan, "json", true)).unwrap();
        assert_cells_are_those_of(&data, &report);
    }
}

/// The classes of the page, spread over principals and brokers, are the rows of the JSON.
fn assert_cells_are_those_of(data: &Value, report: &Value) {
    let id = |list: &str, number: &Value| data[list][index(number)]["id"].as_str().unwrap().to_owned();
    let mut cells = std::collections::BTreeMap::new();
    for class in data["classes"].as_array().unwrap() {
        for principal in class["principals"].as_array().unwrap() {
            for group in class["groups"].as_array().unwrap() {
                for broker in group["brokers"].as_array().unwrap() {
                    for (operation, cell) in
                        ["create", "reboot", "delete"].iter().zip(group["cells"].as_array().unwrap())
                    {
                        let cell = &data["cells"][index(cell)];
                        let key =
                            (id("principals", principal), id("brokers", broker), (*operation).to_owned());
                        let known = cells.insert(key, shown_in(cell));
                        assert!(known.is_none(), "a cell is there twice");
                    }
                }
            }
        }
    }
    let rows = report["access"].as_array().unwrap();
    assert_eq!(rows.len(), cells.len());
    let escaped = |text: &Value| text.as_str().unwrap().to_owned();
    for row in rows {
        let key = (escaped(&row["principal"]), escaped(&row["broker"]), escaped(&row["operation"]));
        let expected = ["verdict", "before", "missing", "unresolved"].map(|member| row[member].clone());
        assert_eq!(cells[&key], expected, "{key:?}");
    }
}

fn shown_in(cell: &Value) -> [Value; 4] {
    ["after", "before", "missing", "unresolved"].map(|member| cell[member].clone())
}

/// What the page has as explanations: principal, broker, operation, the lines, and the verdict of the cell.
fn explanations(html: &str) -> Vec<(String, String, &'static str, String, Value)> {
    let data = html.split("type=\"application/json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).expect("JSON");
    let id = |list: &str, number: &Value| data[list][index(number)]["id"].as_str().unwrap().to_owned();
    let mut found = Vec::new();
    for class in data["classes"].as_array().unwrap() {
        let parts = class["parts"].as_array().unwrap();
        let members: usize = parts.iter().map(|part| part.as_array().unwrap().len()).sum();
        assert_eq!(members, class["principals"].as_array().unwrap().len(), "each principal is in one part");
        for group in class["groups"].as_array().unwrap() {
            for (part, why) in parts.iter().zip(group["why"].as_array().unwrap()) {
                for (at, operation) in ["create", "reboot", "delete"].into_iter().enumerate() {
                    let lines = data["explanations"][index(&why[at])].as_array().unwrap();
                    let lines: Vec<&str> =
                        lines.iter().map(|line| data["lines"][index(line)].as_str().unwrap()).collect();
                    let after = data["cells"][index(&group["cells"][at])]["after"].clone();
                    let (principal, broker) =
                        (id("principals", &part[0]), id("brokers", &group["brokers"][0]));
                    found.push((principal, broker, operation, lines.join("\n"), after));
                }
            }
        }
    }
    found
}

#[test]
fn every_cell_has_the_explanation_that_the_command_prints() {
    let mut asked = 0;
    for plan in plans() {
        let found = explanations(&check(&plan, "html", true));
        for (principal, broker, operation, text, after) in &found {
            let verdict = after.as_str().unwrap_or("does not exist after apply");
            let head = text.lines().next().unwrap();
            assert_eq!(
                head,
                format!("{principal}, {operation} of {broker}: {verdict}"),
                "{}",
                plan.display()
            );
        }
        if !plan.ends_with("report/platform") && !plan.ends_with("cases/guard-rails") {
            continue;
        }
        for (principal, broker, operation, text, _) in &found {
            let arguments = ["--principal", principal, "--broker", broker, "--operation", operation];
            let all =
                [&["explain", "plan.json", "--plan-file", "tfplan", "--config-dir", "."], &arguments[..]]
                    .concat();
            let output = crate::report::support::mqwarden(&plan, &all);
            let printed = String::from_utf8(output.stdout).unwrap();
            // The lines of the source are left out.
            let lines: Vec<&str> =
                printed.lines().filter(|line| !line.trim_start().starts_with("| ")).collect();
            assert_eq!(*text, lines.join("\n"));
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked} explanations were compared");
}

fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[test]
fn the_page_opens_without_an_error() {
    for folder in [PLATFORM, "testdata/cases/orders", "testdata/report/hostile"] {
        let Some(page) = Page::new(&check(Path::new(folder), "html", true)) else { return };
        let (document, console) = page.open("");
        assert!(console.is_empty(), "{folder}: {console:#?}");
        assert!(document.contains("<svg") && document.contains("<tr><th scope=\"row\">"), "{folder}");
    }
}

#[test]
fn filters_of_the_address_work() {
    let Some(page) = Page::new(&check(Path::new(PLATFORM), "html", true)) else { return };
    let shown = |fragment: &str| {
        let answer = page.ask(
            fragment,
            "return {count: $('#count').textContent, who: texts('#rows th .id'), which: texts('#rows td .id'),
               verdicts: texts('#rows td.operation:not(.faded) button')};",
        );
        (answer["count"].as_str().unwrap().to_owned(), answer)
    };
    let report: Value = serde_json::from_str(&check(Path::new(PLATFORM), "json", true)).unwrap();
    let count = |fits: &dyn Fn(&Value) -> bool| {
        let rows = report["access"].as_array().unwrap().iter().filter(|row| fits(row)).count();
        format!("{rows} verdict{} in ", if rows == 1 { "" } else { "s" })
    };
    let (all, _) = shown("");
    assert!(all.starts_with(&count(&|_| true)), "{all}");
    let (linus, answer) = shown("principal=linus");
    assert!(
        linus.starts_with(&count(&|row| row["principal"] == "aws_iam_user.people[\"linus\"]")),
        "{linus}"
    );
    assert!(strings(&answer["who"]).iter().all(|id| id.contains("linus")));
    let (sandbox, answer) = shown("broker=sandbox+blue");
    assert!(
        sandbox.starts_with(&count(&|row| row["broker"] == "aws_mq_broker.sandbox[\"blue\"]")),
        "{sandbox}"
    );
    assert!(strings(&answer["which"]).iter().all(|id| id.contains("blue")));
    for verdict in ["allowed", "conditional", "unknown", "denied"] {
        let (text, answer) = shown(&format!("verdict={verdict}"));
        assert!(text.starts_with(&count(&|row| row["verdict"] == verdict)), "{verdict}: {text}");
        assert!(strings(&answer["verdicts"]).iter().all(|shown| *shown == verdict));
    }
    let (reboots, _) = shown("operation=reboot&verdict=conditional");
    assert!(
        reboots.starts_with(&count(&|row| row["operation"] == "reboot" && row["verdict"] == "conditional")),
        "{reboots}"
    );
    let amount = |verdict: &Value| match verdict.as_str() {
        None | Some("denied") => Some(0),
        Some("conditional") => Some(1),
        Some("allowed") => Some(2),
        _ => None,
    };
    let known = |row: &Value| amount(&row["before"]).zip(amount(&row["verdict"]));
    let (lost, _) = shown("change=loss");
    let loses = |row: &Value| {
        known(row).is_some_and(|(before, after)| before > after)
            || (amount(&row["before"]) == Some(2) && row["verdict"] == "unknown")
    };
    assert!(lost.starts_with(&count(&loses)), "{lost}");
    let (gained, _) = shown("change=gain");
    let gains = |row: &Value| {
        known(row).is_some_and(|(before, after)| before < after)
            || (amount(&row["before"]) == Some(0) && row["verdict"] == "unknown")
    };
    assert!(gained.starts_with(&count(&gains)), "{gained}");
    let (nothing, _) = shown("principal=nobody");
    assert!(nothing.starts_with("0 verdicts"), "{nothing}");
}

#[test]
fn filters_cells_and_paper_work_by_hand() {
    let Some(page) = Page::new(&check(Path::new(PLATFORM), "html", true)) else { return };
    let answer = page.ask(
        "",
        "const rows = () => all('#rows > tr:not(.why)').length;
         const found = {before: rows()};
         await type('#filter-principal', 'ada');
         found.filtered = rows();
         found.address = location.hash;
         const cell = all('#rows button.verdict').find((node) => node.textContent === 'conditional');
         cell.focus();
         found.focused = document.activeElement === cell;
         cell.click();
         found.expanded = cell.getAttribute('aria-expanded');
         found.why = $('tr.why').textContent;
         found.statements = $('tr.why .explanation pre').textContent;
         cell.click();
         found.closed = all('tr.why').length;
         $('#filters button[type=reset]').click();
         await after(300);
         found.after = rows();
         dispatchEvent(new Event('beforeprint'));
         found.reasons = texts('#reasons .reason');
         found.printed = all('#reasons .explanation pre').length;
         found.folded = all('details:not([open])').length;
         dispatchEvent(new Event('afterprint'));
         found.reasonsAfter = all('#reasons .reason').length;
         found.clickable = all('body *').filter((node) => node.onclick).length;
         found.unnamed = all('input, select').filter((node) => !node.labels.length).length;
         return found;",
    );
    assert!(answer["filtered"].as_u64().unwrap() < answer["before"].as_u64().unwrap(), "{answer}");
    assert_eq!(answer["address"], "#principal=ada");
    assert_eq!(
        (&answer["focused"], &answer["expanded"]),
        (&Value::Bool(true), &Value::from("true")),
        "{answer}"
    );
    let why = answer["why"].as_str().unwrap();
    assert!(why.contains("Allowed with") && why.contains("aws:MultiFactorAuthPresent"), "{why}");
    let statements = answer["statements"].as_str().unwrap();
    assert!(statements.starts_with("aws_iam_user.people[\"ada\"], reboot of "), "{statements}");
    assert!(
        statements.contains("Statement[0]")
            && statements.contains("through the group aws_iam_group.operators"),
        "{statements}"
    );
    assert!(answer["printed"].as_u64().unwrap() > 10, "{answer}");
    assert_eq!((&answer["closed"], &answer["after"]), (&Value::from(0), &answer["before"]), "{answer}");
    assert!(answer["reasons"].as_array().unwrap().len() >= 3, "{answer}");
    assert_eq!((&answer["folded"], &answer["reasonsAfter"]), (&Value::from(0), &Value::from(0)));
    assert_eq!((&answer["clickable"], &answer["unnamed"]), (&Value::from(0), &Value::from(0)));
}

#[test]
fn text_of_the_plan_is_nothing_but_text() {
    let Some(page) = Page::new(&check(Path::new("testdata/report/hostile"), "html", true)) else { return };
    let answer = page.ask(
        "",
        "for (const cell of all('#rows button.verdict')) cell.click();
         dispatchEvent(new Event('beforeprint'));
         await after(200);
         return {owned: typeof globalThis.owned, scripts: all('script').length, markup: all('img, b:not(.card b), a[href*=javascript]').length,
           who: texts('#rows th .id'), handlers: all('*').filter((node) => [...node.attributes].some((a) => a.name.startsWith('on'))).length};",
    );
    assert_eq!(answer["owned"], "undefined");
    assert_eq!(answer["scripts"], 3, "the two of the page, and the one that asks");
    assert_eq!((&answer["markup"], &answer["handlers"]), (&Value::from(0), &Value::from(0)), "{answer}");
    let who = strings(&answer["who"]);
    assert!(who.contains(&"aws_iam_role.all[\"<img src=x onerror=globalThis.owned=1>\"]"), "{who:?}");
    assert!(!who.iter().any(|id| id.contains('\u{202e}')));
}

#[test]
fn what_an_operation_needs_beside_its_call_is_shown() {
    let Some(page) = Page::new(&check(Path::new(PLATFORM), "html", true)) else { return };
    let answer = page.ask(
        "principal=pipeline&broker=orders",
        "const row = $('#rows > tr'), found = {lacks: row.querySelectorAll('td.operation')[0].querySelector('.lacks').textContent};
         row.querySelectorAll('button.verdict')[0].click();
         found.missing = [...$('tr.why .missing').querySelectorAll('code')].map((node) => node.textContent);
         return found;",
    );
    let report: Value = serde_json::from_str(&check(Path::new(PLATFORM), "json", true)).unwrap();
    let row = report["access"].as_array().unwrap().iter().find(|row| {
        row["principal"] == "aws_iam_role.pipeline"
            && row["broker"] == "aws_mq_broker.orders"
            && row["operation"] == "create"
    });
    let missing = &row.unwrap()["missing"];
    assert!(!missing.as_array().unwrap().is_empty());
    assert_eq!(answer["missing"], *missing);
    assert_eq!(answer["lacks"], format!("lacks {} actions", missing.as_array().unwrap().len()));
}

#[test]
fn no_other_script_runs() {
    let html = check(Path::new("testdata/cases/orders"), "html", true);
    let html = html.replace("<main>", "<main><script>document.title = 'owned'</script>");
    let Some(page) = Page::new(&html) else { return };
    let (document, console) = page.open("");
    assert!(!document.contains("<title>owned"));
    assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
}

#[test]
fn two_thousand_principals_and_two_hundred_brokers_can_be_looked_at() {
    if browser().is_none() {
        return;
    }
    let html = String::from_utf8(check_text(&large_plan(2_000, 200, false), &["--format", "html"])).unwrap();
    assert!(html.len() < 20_000_000, "{} bytes", html.len());
    let page = Page::new(&html).unwrap();
    let answer = page.ask(
        "",
        "const found = {rows: all('#rows > tr').length, nodes: all('*').length, count: $('#count').textContent};
         const began = performance.now();
         await type('#filter-principal', 'unit 1999');
         found.count_filtered = $('#count').textContent;
         $('#more').click();
         found.graph = $('#graph-about').textContent;
         return found;",
    );
    assert!(answer["rows"].as_u64().unwrap() <= 100, "{answer}");
    assert!(answer["nodes"].as_u64().unwrap() < 20_000, "{answer}");
    assert!(answer["count"].as_str().unwrap().starts_with("1,200,000 verdicts"), "{answer}");
    assert!(answer["count_filtered"].as_str().unwrap().starts_with("600 verdicts"), "{answer}");
    assert!(answer["graph"].as_str().unwrap().contains("not drawn"), "{answer}");
}
