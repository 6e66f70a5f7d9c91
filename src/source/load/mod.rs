//! Loading the source: from a saved plan file, from a configuration directory, or from both.

mod archive;
mod directory;
mod plan_message;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::directory::normal;
use self::plan_message::PlanMessage;
use super::module::Module;
use super::syntax::ast::{Body, Span};
use super::syntax::{self, SyntaxError};

/// Source that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is no saved plan.
    #[error("{} is not a saved plan file: {reason}; give the file that `terraform plan -out` wrote", path.display())]
    NotAPlanFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder holds no configuration.
    #[error("{} holds no .tf, .tf.json or .tofu file; give the folder of the root module", path.display())]
    NoConfiguration {
        /// The folder.
        path: PathBuf,
    },
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, relative to the root module.
    pub file: Box<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// The file that says which providers were installed, and from where.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The source of a configuration: the blocks of all modules, with their places.
#[derive(Debug, Default)]
pub struct Source {
    files: Vec<SourceFile>,
    /// By the names of the module calls, joined by dots; the root module by the empty name.
    modules: BTreeMap<Box<str>, Arc<Module>>,
    folder: Option<PathBuf>,
    message: PlanMessage,
    /// Whether OpenTofu made the plan, and not Terraform; `None` where nothing tells.
    is_opentofu: Option<bool>,
    notes: Vec<String>,
}

/// The text of one file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// The path, relative to the root module.
    pub(crate) name: Box<str>,
    text: Box<str>,
    /// The offset of each line.
    lines: Vec<u32>,
}

/// The files of one module, before they are parsed.
#[derive(Debug, Default)]
struct ModuleFiles {
    /// The folder, relative to the root module.
    dir: String,
    /// Name and text of each file, sorted.
    files: Vec<(String, String)>,
}

impl Source {
    /// Loads the source of a configuration.
    ///
    /// With both, the blocks come from the plan file and the folder only gives what functions such as `file` read.
    /// A plan file without configuration (saved by a remote backend, or encrypted) gives nothing, or what the folder
    /// has; [`Source::notes`] says so. With neither there is no source, and nothing can be evaluated.
    pub fn load(plan_file: Option<&Path>, config_dir: Option<&Path>) -> Result<Self, SourceError> {
        let mut source = Self { folder: config_dir.map(Path::to_path_buf), ..Self::default() };
        if let Some(path) = plan_file {
            let found = archive::read(path, &mut source.notes)?;
            source.message = found.message;
            source.is_opentofu = found.lock.as_deref().and_then(is_opentofu);
            source.add_all(found.modules);
        }
        if let (None, Some(dir)) = (source.is_opentofu, config_dir) {
            let lock = std::fs::read_to_string(dir.join(LOCK_FILE)).ok();
            source.is_opentofu = lock.as_deref().and_then(is_opentofu);
        }
        if let (true, Some(dir)) = (source.modules.is_empty(), config_dir) {
            directory::read(dir, &mut source)?;
        }
        Ok(source)
    }

    /// The provider configuration of a resource as the plan file names it
    /// (`module.a.provider["registry.terraform.io/hashicorp/aws"].b`), whether or not the configuration has the resource.
    pub fn provider_of(&self, address: &str) -> Option<&str> {
        self.message.providers.get(address).map(|provider| &**provider)
    }

    /// What was noticed while loading: files that do not parse, a plan file without configuration.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The lines of the source from a location on, as far as the brackets that the first opens reach, and no further than
    /// `most`; lines that may hold a secret are left out.
    pub fn excerpt(&self, location: &Location, most: usize) -> Vec<String> {
        let Some(file) = self.files.iter().find(|file| file.name == location.file) else { return Vec::new() };
        let before = usize::try_from(location.line).unwrap_or_default().saturating_sub(1);
        let mut depth = 0i64;
        let mut lines = Vec::new();
        for line in file.text.lines().skip(before).take(most) {
            for character in line.chars() {
                match character {
                    '{' | '[' | '(' => depth = depth.saturating_add(1),
                    '}' | ']' | ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            let lower = line.to_lowercase();
            let is_secret =
                ["password", "secret", "token", "private_key"].iter().any(|word| lower.contains(word));
            if !is_secret {
                lines.push(line.to_owned());
            }
            if depth <= 0 {
                break;
            }
        }
        lines
    }

    /// Whether there is no configuration at all.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    pub(super) fn module(&self, key: &str) -> Option<&Module> {
        self.modules.get(key).map(|module| &**module)
    }

    pub(super) fn file(&self, span: Span) -> Option<&SourceFile> {
        self.files.get(usize::try_from(span.file).ok()?)
    }

    pub(super) fn file_count(&self) -> usize {
        self.files.len()
    }

    /// The folder that functions read files from.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// `terraform.workspace`, where the plan file tells.
    pub(super) fn workspace(&self) -> Option<&str> {
        self.message.workspace.as_deref()
    }

    /// When the plan was made, where the plan file tells.
    pub(super) fn timestamp(&self) -> Option<&str> {
        self.message.timestamp.as_deref()
    }

    /// Whether OpenTofu made the plan, and not Terraform; `None` where nothing tells.
    pub(super) fn is_opentofu(&self) -> Option<bool> {
        self.is_opentofu
    }

    /// `path.cwd`, where the folder is known.
    pub(super) fn working_directory(&self) -> Option<String> {
        let path = self.folder.as_ref()?.canonicalize().ok()?;
        path.to_str().map(str::to_owned)
    }

    /// Adds modules by their key; files of the same folder are parsed once.
    fn add_all(&mut self, found: Vec<(String, ModuleFiles)>) {
        let mut parsed: HashMap<String, Arc<Module>> = HashMap::new();
        for (key, files) in found {
            let module = if let Some(module) = parsed.get(&files.dir) {
                Arc::clone(module)
            } else {
                let module = Arc::new(self.parse(&files));
                parsed.insert(files.dir, Arc::clone(&module));
                module
            };
            self.modules.insert(key.into(), module);
        }
    }

    fn parse(&mut self, module: &ModuleFiles) -> Module {
        let (mut ordinary, mut overrides) = (Vec::new(), Vec::new());
        for (name, text) in &module.files {
            let body = self.parse_file(&module.dir, name, text);
            let stem = name.split('.').next().unwrap_or_default();
            if stem == "override" || stem.ends_with("_override") {
                overrides.push(body);
            } else {
                ordinary.push(body);
            }
        }
        let dir = if module.dir.is_empty() { "." } else { &module.dir };
        Module::new(dir, ordinary, overrides)
    }

    fn parse_file(&mut self, dir: &str, name: &str, text: &str) -> Body {
        let path = if matches!(dir, "" | ".") { name.to_owned() } else { format!("{dir}/{name}") };
        let index = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let json =
            Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let (body, errors) =
            if json { syntax::json::parse_file(text, index) } else { syntax::parse_file(text, index) };
        let file = SourceFile::new(&path, text);
        for SyntaxError { message, offset } in errors {
            let (line, column) = file.line_and_column(offset);
            self.notes.push(format!("{path}:{line}:{column}: {message}; the block is left out"));
        }
        self.files.push(file);
        body
    }
}

impl SourceFile {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let offset = |(at, _): (usize, &str)| u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX);
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(offset)).collect();
        Self { name: name.into(), text: text.into(), lines }
    }

    /// Line and column of an offset, both from 1.
    pub(crate) fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let start = usize::try_from(start).unwrap_or_default();
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (clamp(line), clamp(column.saturating_add(1)))
    }

    fn start(span: Span) -> usize {
        usize::try_from(span.start).unwrap_or(usize::MAX)
    }

    pub(crate) fn place(&self, span: Span) -> String {
        let (line, column) = self.line_and_column(Self::start(span));
        format!("{}:{line}:{column}", self.name)
    }

    pub(crate) fn text_of(&self, span: Span) -> &str {
        self.text.get(Self::start(span)..usize::try_from(span.end).unwrap_or(usize::MAX)).unwrap_or_default()
    }

    pub(crate) fn location(&self, span: Span) -> Location {
        self.location_at(Self::start(span))
    }

    /// The place of an offset.
    pub(crate) fn location_at(&self, offset: usize) -> Location {
        let (line, column) = self.line_and_column(offset);
        Location { file: self.name.clone(), line, column }
    }
}

/// Whether a lock file is OpenTofu's: each of the two takes providers from a registry of its own, unless told otherwise.
fn is_opentofu(lock: &str) -> Option<bool> {
    let from = |registry: &str| lock.contains(&format!("provider \"{registry}/"));
    if from("registry.opentofu.org") {
        return Some(true);
    }
    from("registry.terraform.io").then_some(false)
}

/// Whether a file holds configuration, by its name.
fn is_configuration(name: &str) -> bool {
    let known = [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| name.ends_with(end));
    known && !name.starts_with('.') && !name.ends_with('~')
}
