//! The configuration within a saved plan file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use zip::ZipArchive;

use super::plan_message::{self, PlanMessage};
use super::{ModuleFiles, SourceError, is_configuration};

/// The most entries of an archive.
const MAX_ENTRIES: usize = 50_000;
/// The largest file of a configuration, in bytes.
const MAX_FILE: u64 = 16 << 20;
/// The largest configuration, in bytes.
const MAX_TOTAL: u64 = 256 << 20;
/// The largest plan message that is read, in bytes.
const MAX_MESSAGE: u64 = 256 << 20;
/// How much of a file that is no archive is read to find out what it is.
const MAX_BOOKMARK: u64 = 1 << 20;

/// An entry of `modules.json`.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir", default)]
    dir: String,
}

/// What a plan file holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) message: PlanMessage,
    /// The files of all modules, by key.
    pub(super) modules: Vec<(String, ModuleFiles)>,
    /// The lock file of the providers.
    pub(super) lock: Option<String>,
}

/// Reads the plan message, the files of all modules and the lock file.
pub(super) fn read(path: &Path, notes: &mut Vec<String>) -> Result<Found, SourceError> {
    let failed = |error| SourceError::Read { path: path.to_path_buf(), error };
    let mut file = File::open(path).map_err(failed)?;
    let mut start = [0u8; 2];
    let count = file.read(&mut start).map_err(failed)?;
    let file = File::open(path).map_err(failed)?;
    if start.get(..count) != Some(b"PK".as_slice()) {
        return without_configuration(path, file, notes);
    }
    let not_a_plan = |reason: String| SourceError::NotAPlanFile { path: path.to_path_buf(), reason };
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| not_a_plan(error.to_string()))?;
    if archive.len() > MAX_ENTRIES {
        notes.push(format!(
            "{}: more than {MAX_ENTRIES} entries; its configuration is not read",
            path.display()
        ));
        return Ok(Found::default());
    }
    let mut reader = Entries { archive, left: MAX_TOTAL, notes, path };
    let modules = reader.modules();
    if modules.is_empty() {
        reader.notes.push(format!("{}: it holds no configuration", path.display()));
    }
    let message = reader.bytes("tfplan", MAX_MESSAGE).map(|bytes| plan_message::read(&bytes));
    let lock = reader.text(super::LOCK_FILE);
    Ok(Found { message: message.unwrap_or_default(), modules, lock })
}

/// A plan file that is no archive: a bookmark of a remote backend, or encrypted.
fn without_configuration(path: &Path, file: File, notes: &mut Vec<String>) -> Result<Found, SourceError> {
    let mut text = String::new();
    let _ = file.take(MAX_BOOKMARK).read_to_string(&mut text);
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let has = |name: &str| json.as_ref().is_some_and(|json| json.get(name).is_some());
    let what = if has("remote_plan_format") {
        "the plan was saved by a remote backend"
    } else if has("encrypted_data") {
        "the plan is encrypted"
    } else {
        let reason = "it is neither a zip archive nor a bookmark of a remote plan".into();
        return Err(SourceError::NotAPlanFile { path: path.to_path_buf(), reason });
    };
    notes.push(format!(
        "{}: {what}, so the configuration in it cannot be read; give the folder of the root module instead",
        path.display()
    ));
    Ok(Found::default())
}

struct Entries<'a> {
    archive: ZipArchive<BufReader<File>>,
    left: u64,
    notes: &'a mut Vec<String>,
    path: &'a Path,
}

impl Entries<'_> {
    fn modules(&mut self) -> Vec<(String, ModuleFiles)> {
        let mut names: Vec<String> =
            self.archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
        names.sort();
        let dirs = self.manifest();
        let mut modules: BTreeMap<String, ModuleFiles> = BTreeMap::new();
        for name in names {
            let Some((key, file)) = name.strip_prefix("tfconfig/m-").and_then(|rest| rest.split_once('/'))
            else {
                continue;
            };
            if !is_configuration(file) || file.contains('/') {
                continue;
            }
            let Some(text) = self.text(&name) else { continue };
            let module = modules.entry(key.to_owned()).or_default();
            module.files.push((file.to_owned(), text));
        }
        for (key, module) in &mut modules {
            // The folder names its files; without it the key of the module does.
            module.dir = match dirs.get(key) {
                Some(dir) => super::directory::normal(dir),
                None => key.replace('.', "/"),
            };
        }
        modules.into_iter().collect()
    }

    fn manifest(&mut self) -> BTreeMap<String, String> {
        let text = self.text("tfconfig/modules.json").unwrap_or_default();
        let entries: Vec<Manifest> = serde_json::from_str(&text).unwrap_or_else(|_| {
            self.notes.push(format!("{}: tfconfig/modules.json cannot be read", self.path.display()));
            Vec::new()
        });
        entries.into_iter().map(|entry| (entry.key, entry.dir)).collect()
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let bytes = self.bytes(name, MAX_FILE.min(self.left))?;
        self.left = self.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let text = String::from_utf8(bytes).ok();
        if text.is_none() {
            self.left_out(name, "it is not UTF-8");
        }
        text
    }

    /// The bytes of an entry, if there are not more than `limit`.
    fn bytes(&mut self, name: &str, limit: u64) -> Option<Vec<u8>> {
        let entry = self.archive.by_name(name).ok()?;
        let mut bytes = Vec::new();
        let read = entry.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        match read {
            Err(error) => self.left_out(name, &error.to_string()),
            Ok(length) if u64::try_from(length).is_ok_and(|length| length <= limit) => return Some(bytes),
            Ok(_) => self.left_out(name, "it is too large"),
        }
        None
    }

    fn left_out(&mut self, name: &str, problem: &str) {
        self.notes.push(format!("{}: {name} is left out: {problem}", self.path.display()));
    }
}
