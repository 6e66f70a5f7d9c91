//! Reads a plan, section by section, in any order.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::io::Read;
use std::sync::Arc;

use super::build::Texts;
use super::configuration;
use super::cursor::{Cursor, Misshapen};
use super::error::PlanError;
use super::expression::{expression, expressions};
use super::input::{Input, Source};
use super::kept::is_kept_bytes;
use super::model::{Module, ModuleCall, Plan};
use super::resource::{Head, failure, head};
use super::sections::Sections;
use super::skipped::{Section, Skipped};
use super::stream::Stream;
use super::surroundings;
use super::worker::{Built, Kind, Sink, beside};
use crate::hash::{HashSet, State};

/// Modules nested deeper than this are an error; real ones stay below ten.
const MAX_MODULE_DEPTH: usize = 48;

/// Reads the plan that a file or standard input holds.
pub fn read(input: Input) -> Result<Plan, PlanError> {
    read_source(Source::open(input)?)
}

/// Reads the plan that `reader` yields.
pub fn read_from(reader: impl Read + Send) -> Result<Plan, PlanError> {
    read_source(Source::new(reader, None)?)
}

fn read_source(mut source: Source<'_>) -> Result<Plan, PlanError> {
    let skipped = if source.is_lasting() { Skipped::default() } else { Skipped::with_copies() };
    let mut stream = Stream::new(&mut source);
    // A second thread is worth its start only where there is much to read.
    let is_large = stream.fill_window()?;
    let (sections, built) = if is_large {
        let (sections, built) = beside(|sink| Reading::new(stream, sink, skipped).run());
        (sections?.0, built)
    } else {
        let (sections, built) = Reading::new(stream, Sink::inline(), skipped).run()?;
        (sections, built.unwrap_or_default())
    };
    let mut plan = sections.join(built.into_result()?);
    if !plan.skipped.finish(source.into_file()) {
        let note = "References to resources of other types stay unknown, as the temporary folder cannot be written; \
                    read the plan from a file instead of a pipe.";
        plan.notes.push(note.into());
    }
    Ok(plan)
}

/// What is gathered while the document goes by.
struct Reading<R> {
    stream: Stream<R>,
    sink: Sink,
    texts: Texts,
    sections: Sections,
    last_kind: LastKind,
    /// The top-level keys seen.
    seen: BTreeSet<String>,
    /// Hashes of the addresses that `resource_changes` names.
    changed: HashSet<u64>,
}

impl<R: Read> Reading<R> {
    fn new(stream: Stream<R>, sink: Sink, skipped: Skipped) -> Self {
        let sections = Sections { plan: Plan { skipped, ..Plan::default() }, ..Sections::default() };
        Self {
            stream,
            sink,
            texts: Texts::default(),
            sections,
            last_kind: LastKind::default(),
            seen: BTreeSet::new(),
            changed: HashSet::default(),
        }
    }

    /// Reads the whole document; also what was built, if the sink built it here.
    fn run(mut self) -> Result<(Sections, Option<Built>), PlanError> {
        self.document()?;
        self.sections.plan.is_state = is_state(&self.seen)?;
        Ok((self.sections, self.sink.finish()))
    }

    fn document(&mut self) -> Result<(), PlanError> {
        let before = surroundings::begin(&mut self.stream)?;
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            if self.seen.contains(&key) {
                return Err(self.stream.unexpected("this section is there twice"));
            }
            self.section(&key)?;
            self.seen.insert(key);
        }
        let after = surroundings::end(&mut self.stream)?;
        if before || after {
            self.sections.plan.notes.push("Text around the plan's JSON was skipped.".into());
        }
        Ok(())
    }

    fn section(&mut self, key: &str) -> Result<(), PlanError> {
        match key {
            "format_version" => {
                let version = self.text()?.ok_or(PlanError::NotAPlan("its format_version is no text"))?;
                check_version(&version)?;
                self.sections.plan.format_version = version;
            }
            "terraform_version" => self.sections.plan.terraform_version = self.text()?,
            "timestamp" => self.sections.plan.timestamp = self.text()?,
            "errored" => self.sections.plan.errored = self.stream.cut()? == b"true",
            "complete" => {
                self.sections.plan.complete = match self.stream.cut()? {
                    b"true" => Some(true),
                    b"false" => Some(false),
                    _ => None,
                };
            }
            "variables" => {
                let values = configuration::variable_values(self.stream.cut()?, &mut self.texts);
                self.sections.plan.variables = values.map_err(|Misshapen| misshapen("variables"))?;
            }
            "resource_changes" => self.resource_changes()?,
            "resource_drift" => self.resource_drift()?,
            "prior_state" if self.stream.enter_object()? => {
                let mut first = true;
                while let Some(key) = self.stream.next_key(&mut first)? {
                    if key == "values" { self.state_values(false)? } else { self.stream.skip()? }
                }
            }
            "values" => self.state_values(true)?,
            "configuration" if self.stream.enter_object()? => self.configuration()?,
            "deferred_changes" => {
                if !matches!(self.stream.cut()?, b"[]" | b"null") {
                    self.sections.plan.notes.push("The plan defers changes; they are not looked at.".into());
                }
            }
            "@level" | "@message" => return Err(PlanError::LogLines),
            "remote_plan_format" => return Err(PlanError::RemotePlan),
            "encrypted_data" => return Err(PlanError::Encrypted),
            "lineage" => return Err(PlanError::StoredState),
            _ => self.stream.skip()?,
        }
        Ok(())
    }

    /// Cuts a text out; `None` if something else comes next.
    fn text(&mut self) -> Result<Option<Box<str>>, PlanError> {
        let text = Cursor::new(self.stream.cut()?).string().and_then(|raw| raw.decode().map(Into::into));
        Ok(text.ok())
    }

    fn resource_changes(&mut self) -> Result<(), PlanError> {
        if !self.stream.enter_array()? {
            return self.nothing("resource_changes");
        }
        let mut first = true;
        while self.stream.next_element(&mut first)? {
            let at = self.stream.position();
            let json = self.stream.cut()?;
            let head = checked_head(json, "an element of resource_changes")?;
            // Without its type nothing tells whether it matters.
            if head.kind.is_none() {
                return Err(failure(json, "an element of resource_changes", "it has no `type`"));
            }
            if head.kind.is_some_and(|kind| self.last_kind.is_kept(&kind)) {
                let addresses = [&head.address, &head.previous_address];
                self.changed.extend(addresses.into_iter().flatten().map(|address| hash(address)));
                self.sink.push(Kind::Change, json);
            } else if let Some(address) = head.address {
                self.sections.plan.skipped.push(&address, Section::Changes, at, json);
            }
        }
        Ok(())
    }

    /// Reads what Terraform found to be otherwise than the state had it.
    fn resource_drift(&mut self) -> Result<(), PlanError> {
        if !self.stream.enter_array()? {
            return self.nothing("resource_drift");
        }
        let mut first = true;
        while self.stream.next_element(&mut first)? {
            let json = self.stream.cut()?;
            let head = checked_head(json, "an element of resource_drift")?;
            if head.kind.is_some_and(|kind| self.last_kind.is_kept(&kind)) {
                self.sink.push(Kind::Drift, json);
            }
        }
        Ok(())
    }

    /// Reads the `values` of a state: all of them, or (of the state before a plan) data sources alone.
    fn state_values(&mut self, all: bool) -> Result<(), PlanError> {
        if !self.stream.enter_object()? {
            return self.nothing("values");
        }
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            if key == "root_module" { self.state_module(all, 0)? } else { self.stream.skip()? }
        }
        Ok(())
    }

    fn state_module(&mut self, all: bool, depth: usize) -> Result<(), PlanError> {
        if !self.stream.enter_object()? {
            return self.nothing("a module of the state");
        }
        // Terraform writes the address first; old versions leave it out of the resources' own.
        let mut module = None;
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            match key.as_str() {
                "address" => module = self.text()?.map(Arc::from),
                "resources" if self.stream.enter_array()? => {
                    let mut first = true;
                    while self.stream.next_element(&mut first)? {
                        self.state_resource(all, module.as_ref())?;
                    }
                }
                "child_modules" if self.stream.enter_array()? => {
                    let mut first = true;
                    while self.stream.next_element(&mut first)? {
                        let depth = self.deeper(depth)?;
                        self.state_module(all, depth)?;
                    }
                }
                _ => self.stream.skip()?,
            }
        }
        Ok(())
    }

    fn state_resource(&mut self, all: bool, module: Option<&Arc<str>>) -> Result<(), PlanError> {
        let at = self.stream.position();
        let json = self.stream.cut()?;
        let head = checked_head(json, "a resource of the state")?;
        if head.kind.is_some_and(|kind| self.last_kind.is_kept(&kind)) {
            let is_changed = || head.address.is_some_and(|address| self.changed.contains(&hash(&address)));
            if all || head.mode.as_deref() == Some(b"data") {
                self.sink.push(Kind::State(module.cloned()), json);
            } else if !is_changed() {
                self.sink.push(Kind::Untouched(module.cloned()), json);
            }
        } else if let Some(address) = head.address {
            self.sections.plan.skipped.push(&address, Section::State, at, json);
        }
        Ok(())
    }

    fn configuration(&mut self) -> Result<(), PlanError> {
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            match key.as_str() {
                "provider_config" => {
                    let providers = configuration::providers(self.stream.cut()?, &mut self.texts);
                    self.sections.plan.configuration.providers =
                        providers.map_err(|Misshapen| misshapen("configuration.provider_config"))?;
                }
                "root_module" => self.sections.plan.configuration.root = self.module(&mut Vec::new())?,
                _ => self.stream.skip()?,
            }
        }
        Ok(())
    }

    /// Reads a module of the configuration; its blocks come later, by the module's number.
    fn module(&mut self, path: &mut Vec<Box<str>>) -> Result<Module, PlanError> {
        let mut module = Module::default();
        if !self.stream.enter_object()? {
            self.nothing("a module of the configuration")?;
            return Ok(module);
        }
        let number = self.sections.modules.len();
        self.sections.modules.push(path.clone());
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            match key.as_str() {
                "resources" if self.stream.enter_array()? => {
                    let mut first = true;
                    while self.stream.next_element(&mut first)? {
                        let json = self.stream.cut()?;
                        let head = checked_head(json, "a block of the configuration")?;
                        if head.kind.is_some_and(|kind| self.last_kind.is_kept(&kind)) {
                            self.sink.push(Kind::Block(number), json);
                        }
                    }
                }
                "outputs" => {
                    let outputs = configuration::outputs(self.stream.cut()?, &mut self.texts);
                    module.outputs = outputs.map_err(|Misshapen| misshapen("the configuration's outputs"))?;
                }
                "variables" => {
                    configuration::variables(self.stream.cut()?, &mut module, &mut self.texts)
                        .map_err(|Misshapen| misshapen("the configuration's variables"))?;
                }
                "module_calls" if self.stream.enter_object()? => {
                    let mut first = true;
                    while let Some(name) = self.stream.next_key(&mut first)? {
                        self.deeper(path.len())?;
                        path.push(name.into());
                        let call = self.call(path)?;
                        module.calls.extend(path.pop().map(|name| (name, call)));
                    }
                }
                _ => self.stream.skip()?,
            }
        }
        Ok(module)
    }

    fn call(&mut self, path: &mut Vec<Box<str>>) -> Result<ModuleCall, PlanError> {
        let mut call = ModuleCall::default();
        if !self.stream.enter_object()? {
            self.nothing("a module call")?;
            return Ok(call);
        }
        let wrong = |Misshapen| misshapen("a module call");
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            let texts = &mut self.texts;
            match key.as_str() {
                "source" => call.source = self.text()?.unwrap_or_default(),
                "expressions" => {
                    let mut cursor = Cursor::new(self.stream.cut()?);
                    call.expressions = expressions(&mut cursor, texts, false).map_err(wrong)?;
                }
                "for_each_expression" => {
                    let mut cursor = Cursor::new(self.stream.cut()?);
                    call.for_each = Some(expression(&mut cursor, texts).map_err(wrong)?);
                }
                "count_expression" => {
                    let mut cursor = Cursor::new(self.stream.cut()?);
                    call.count = Some(expression(&mut cursor, texts).map_err(wrong)?);
                }
                "module" => call.module = self.module(path)?,
                _ => self.stream.skip()?,
            }
        }
        configuration::mark_inputs(&mut call);
        Ok(call)
    }

    fn deeper(&mut self, depth: usize) -> Result<usize, PlanError> {
        if depth >= MAX_MODULE_DEPTH {
            return Err(self.stream.unexpected("the modules are nested too deeply"));
        }
        Ok(depth.saturating_add(1))
    }

    /// Skips what should be a list or an object, and may be `null`.
    fn nothing(&mut self, place: &str) -> Result<(), PlanError> {
        if self.stream.cut()? == b"null" { Ok(()) } else { Err(misshapen(place)) }
    }
}

/// The type last asked for: elements of one type mostly come in a row.
#[derive(Default)]
struct LastKind {
    kind: Vec<u8>,
    is_kept: bool,
}

impl LastKind {
    fn is_kept(&mut self, kind: &[u8]) -> bool {
        if self.kind != kind {
            kind.clone_into(&mut self.kind);
            self.is_kept = is_kept_bytes(kind);
        }
        self.is_kept
    }
}

/// Whether a document with these sections is a state; an error if it is no plan either.
fn is_state(seen: &BTreeSet<String>) -> Result<bool, PlanError> {
    const PLAN: [&str; 5] = ["resource_changes", "planned_values", "configuration", "prior_state", "errored"];
    // An empty state is nothing but its version.
    const STATE: [&str; 4] = ["format_version", "terraform_version", "values", "checks"];
    if !seen.contains("format_version") {
        return Err(PlanError::NotAPlan("it has no format_version"));
    }
    if PLAN.into_iter().any(|section| seen.contains(section)) {
        return Ok(false);
    }
    if seen.iter().all(|section| STATE.contains(&section.as_str())) {
        return Ok(true);
    }
    Err(PlanError::NotAPlan("it has neither resource changes nor values"))
}

/// A hash to look addresses up by; what it finds is checked by the addresses themselves.
fn hash(address: &[u8]) -> u64 {
    State::default().hash_one(address)
}

fn checked_head<'a>(json: &'a [u8], place: &str) -> Result<Head<'a>, PlanError> {
    head(json).map_err(|Misshapen| misshapen(place))
}

fn misshapen(place: &str) -> PlanError {
    PlanError::Element { place: place.into(), what: "it is of another form".into() }
}

fn check_version(version: &str) -> Result<(), PlanError> {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(0)), Some(Ok(1..))) | (Some(Ok(1)), Some(Ok(_))) => Ok(()),
        (Some(Ok(2..)), _) => {
            let version: String = version.chars().filter(|c| !c.is_control()).take(40).collect();
            Err(PlanError::Version(version.into()))
        }
        _ => Err(PlanError::NotAPlan("its format_version is no version that Terraform writes")),
    }
}
