//! A configuration directory.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::{ModuleFiles, Source, SourceError, is_configuration};
use crate::source::module::Module;

/// The largest file of a configuration, in bytes.
const MAX_FILE: u64 = 16 << 20;
/// The most module calls that are followed.
const MAX_MODULES: usize = 5_000;

/// `.terraform/modules/modules.json`.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules", default)]
    modules: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    dir: String,
}

/// Reads the root module and all modules that it calls.
pub(super) fn read(root: &Path, source: &mut Source) -> Result<(), SourceError> {
    let files = module_files(root, "", &mut source.notes)
        .map_err(|error| SourceError::Read { path: root.to_path_buf(), error })?;
    if files.files.is_empty() {
        return Err(SourceError::NoConfiguration { path: root.to_path_buf() });
    }
    let installed = manifest(root, &mut source.notes);
    let module = Arc::new(source.parse(&files));
    let mut parsed = HashMap::from([(String::new(), Arc::clone(&module))]);
    let mut waiting = vec![(String::new(), module)];
    while let Some((key, module)) = waiting.pop() {
        for (name, call) in &module.calls {
            let dot = if key.is_empty() { "" } else { "." };
            let child = format!("{key}{dot}{name}");
            let from = call
                .body
                .attribute("source")
                .and_then(|source| source.value.as_literal()?.as_known_str().map(str::to_owned));
            let Some(dir) = folder(&module, from.as_deref(), installed.get(&child)) else {
                let from = from.unwrap_or_default();
                source.notes.push(format!(
                    "module {child}: its source `{from}` is not installed, so what it holds is not evaluated; run `terraform init`"
                ));
                continue;
            };
            if source.modules.len().saturating_add(waiting.len()) > MAX_MODULES {
                source.notes.push(format!("more than {MAX_MODULES} modules; the others are left out"));
                return Ok(());
            }
            let next = match parsed.get(&dir) {
                Some(module) => Arc::clone(module),
                None => match module_files(root, &dir, &mut source.notes) {
                    Ok(files) => {
                        let module = Arc::new(source.parse(&files));
                        parsed.insert(dir, Arc::clone(&module));
                        module
                    }
                    Err(error) => {
                        source.notes.push(format!("module {child}: cannot read {dir}: {error}"));
                        continue;
                    }
                },
            };
            // A module that calls itself has no end; Terraform refuses it too.
            if child.split('.').count() <= 64 {
                waiting.push((child, next));
            }
        }
        source.modules.insert(key.into(), module);
    }
    Ok(())
}

/// The folder of a called module, relative to the root.
fn folder(caller: &Module, from: Option<&str>, installed: Option<&String>) -> Option<String> {
    match from {
        Some(path) if path.starts_with("./") || path.starts_with("../") || path == "." || path == ".." => {
            Some(normal(&format!("{}/{path}", caller.dir)))
        }
        _ => installed.map(|dir| normal(dir)),
    }
}

/// A path without `.` and without `name/..`, with `/` between its parts; empty for the folder itself.
pub(crate) fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

fn manifest(root: &Path, notes: &mut Vec<String>) -> BTreeMap<String, String> {
    let path = root.join(".terraform/modules/modules.json");
    let Ok(text) = fs::read_to_string(&path) else { return BTreeMap::new() };
    match serde_json::from_str::<Manifest>(&text) {
        Ok(manifest) => manifest.modules.into_iter().map(|entry| (entry.key, entry.dir)).collect(),
        Err(error) => {
            notes.push(format!("{}: {error}", path.display()));
            BTreeMap::new()
        }
    }
}

/// The configuration files of a folder.
fn module_files(root: &Path, dir: &str, notes: &mut Vec<String>) -> std::io::Result<ModuleFiles> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(dir))? {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        if is_configuration(&name) {
            names.push(name);
        }
    }
    names.sort();
    // OpenTofu reads `x.tofu` in place of `x.tf`.
    let replaced: Vec<String> = names.iter().filter_map(|name| tofu_stem(name)).collect();
    names.retain(|name| !replaced.contains(name));
    let mut module = ModuleFiles { dir: dir.to_owned(), files: Vec::new() };
    for name in names {
        let path = root.join(dir).join(&name);
        match text(&path) {
            Ok(text) => module.files.push((name, text)),
            Err(error) => notes.push(format!("{} is left out: {error}", path.display())),
        }
    }
    Ok(module)
}

/// The `.tf` file whose place a `.tofu` file takes.
fn tofu_stem(name: &str) -> Option<String> {
    match name.strip_suffix(".tofu") {
        Some(stem) => Some(format!("{stem}.tf")),
        None => name.strip_suffix(".tofu.json").map(|stem| format!("{stem}.tf.json")),
    }
}

fn text(path: &Path) -> std::io::Result<String> {
    let info = fs::metadata(path)?;
    if !info.is_file() || info.len() > MAX_FILE {
        return Err(std::io::Error::other("not a file, or too large"));
    }
    fs::read_to_string(path)
}
