//! Layers in one direction: a layer names only the layers before it.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the first to the last. Whatever stands in `src` is one of them, or belongs to none.
const LAYERS: [&str; 19] = [
    "text",
    "iam",
    "aws",
    "simulate",
    "plan",
    "source",
    "completion",
    "graph",
    "access",
    "reach",
    "requirements",
    "intent",
    "changes",
    "fix",
    "findings",
    "explain",
    "report",
    "analysis",
    "cli",
];
const OF_NO_LAYER: [&str; 3] = ["hash", "lib", "main"];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

/// The layers that a line of code names.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        rest.split_at_checked(end.unwrap_or(rest.len())).unwrap().0
    })
}

#[test]
fn a_layer_names_only_layers_before_it() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let root = entry.unwrap().path();
        let layer = root.file_stem().unwrap().to_str().unwrap().to_owned();
        if OF_NO_LAYER.contains(&&*layer) {
            continue;
        }
        let position = LAYERS.iter().position(|known| *known == layer);
        let Some(position) = position else {
            wrong.push(format!("src/{layer} is no layer"));
            continue;
        };
        let mut all = Vec::new();
        files(&root, &mut all);
        for file in all {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in (1..).zip(text.lines()) {
                // A list of several layers would hide them from this test.
                if line.contains("crate::{") {
                    wrong.push(format!("{}:{number}: one `use` for each layer", file.display()));
                }
                looked_at += named(line).count();
                let wrongly =
                    named(line).find(|name| LAYERS.iter().skip(position + 1).any(|other| other == name));
                if let Some(name) = wrongly {
                    wrong.push(format!("{}:{number}: {layer} names {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at > 500, "{looked_at}");
}
