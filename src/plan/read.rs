//! Reads a plan, section by section, in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::build::{self, Texts};
use super::configuration::{self, MAX_MODULE_DEPTH};
use super::error::PlanError;
use super::input::{Input, Source};
use super::kept::is_kept;
use super::model::{Plan, ResourceChange};
use super::resource::{self, Head};
use super::skipped::{Section, Skipped};
use super::stream::Stream;
use super::surroundings;
use super::value::Value;

/// Reads the plan that a file or standard input holds.
pub fn read(input: Input) -> Result<Plan, PlanError> {
    read_source(Source::open(input)?)
}

/// Reads the plan that `reader` yields.
pub fn read_from(reader: impl Read + Send) -> Result<Plan, PlanError> {
    read_source(Source::new(reader, None)?)
}

fn read_source(mut source: Source<'_>) -> Result<Plan, PlanError> {
    let mut reading = Reading::new(Stream::new(&mut source));
    reading.document()?;
    let (mut plan, mut skipped) = reading.finish()?;
    skipped.finish(source.into_origin());
    plan.skipped = skipped;
    Ok(plan)
}

/// What is gathered while the document goes by.
struct Reading<R> {
    stream: Stream<R>,
    plan: Plan,
    texts: Texts,
    skipped: Skipped,
    /// The data sources of `prior_state`, or all of a state.
    state: Vec<ResourceChange>,
    /// The top-level keys seen.
    seen: BTreeSet<String>,
}

impl<R: Read> Reading<R> {
    fn new(stream: Stream<R>) -> Self {
        Self {
            stream,
            plan: Plan::default(),
            texts: Texts::default(),
            skipped: Skipped::default(),
            state: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn document(&mut self) -> Result<(), PlanError> {
        let before = surroundings::begin(&mut self.stream)?;
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            self.section(&key)?;
            if !self.seen.insert(key) {
                return Err(self.stream.unexpected("a section stands there twice"));
            }
        }
        let after = surroundings::end(&mut self.stream)?;
        if before || after {
            self.plan.notes.push("Text around the plan's JSON was skipped.".into());
        }
        Ok(())
    }

    fn section(&mut self, key: &str) -> Result<(), PlanError> {
        match key {
            "format_version" => {
                let version: Option<String> = self.scalar()?;
                let version = version.ok_or(PlanError::NotAPlan("its format_version is no text"))?;
                check_version(&version)?;
                self.plan.format_version = version.into();
            }
            "terraform_version" => self.plan.terraform_version = self.scalar()?,
            "timestamp" => self.plan.timestamp = self.scalar()?,
            "errored" => self.plan.errored = self.scalar()?.unwrap_or(false),
            "complete" => self.plan.complete = self.scalar()?,
            "variables" => self.variables()?,
            "resource_changes" => self.resource_changes()?,
            "prior_state" if self.stream.enter_object()? => {
                let mut first = true;
                while let Some(key) = self.stream.next_key(&mut first)? {
                    if key == "values" { self.state_values(false)? } else { self.stream.skip()? }
                }
            }
            "values" => self.state_values(true)?,
            "configuration" => {
                self.plan.configuration = configuration::read(&mut self.stream, &mut self.texts)?;
            }
            "deferred_changes" => {
                if !matches!(self.stream.cut_text()?, "[]" | "null") {
                    self.plan.notes.push("The plan defers changes; they are not looked at.".into());
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

    /// Cuts out a value that should be a scalar; `None` if it is of another type.
    fn scalar<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, PlanError> {
        Ok(serde_json::from_str(self.stream.cut_text()?).ok())
    }

    fn variables(&mut self) -> Result<(), PlanError> {
        #[derive(Deserialize)]
        struct Variable<'a> {
            #[serde(borrow, default)]
            value: Option<&'a RawValue>,
        }
        let misshapen =
            || PlanError::Element { place: "variables".into(), what: "they are of another form".into() };
        let json = self.stream.cut_text()?;
        let parsed: Result<Option<BTreeMap<Box<str>, Variable<'_>>>, _> = serde_json::from_str(json);
        for (name, variable) in parsed.map_err(|_| misshapen())?.unwrap_or_default() {
            let value = match variable.value {
                Some(value) => build::value(value.get(), &mut self.texts, false).ok_or_else(misshapen)?,
                None => Value::Null,
            };
            self.plan.variables.insert(name, value);
        }
        Ok(())
    }

    fn resource_changes(&mut self) -> Result<(), PlanError> {
        if !self.stream.enter_array()? {
            return self.nothing("resource_changes");
        }
        let mut first = true;
        while self.stream.next_element(&mut first)? {
            let at = self.stream.position();
            let json = self.stream.cut_text()?;
            let head = head(json, "an element of resource_changes")?;
            if head.kind.is_some_and(|kind| is_kept(&kind)) {
                self.plan.resources.extend(resource::change(json, &mut self.texts)?);
            } else if let Some(address) = head.address {
                self.skipped.push(&address, Section::Changes, at, json.len());
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
        if depth > MAX_MODULE_DEPTH {
            return Err(self.stream.unexpected("the modules are nested too deeply"));
        }
        if !self.stream.enter_object()? {
            return self.nothing("a module of the state");
        }
        // Terraform writes the address first; old versions leave it out of the resources' own.
        let mut module = None;
        let mut first = true;
        while let Some(key) = self.stream.next_key(&mut first)? {
            match key.as_str() {
                "address" => module = self.scalar::<String>()?,
                "resources" if self.stream.enter_array()? => {
                    let mut first = true;
                    while self.stream.next_element(&mut first)? {
                        self.state_resource(all, module.as_deref())?;
                    }
                }
                "child_modules" if self.stream.enter_array()? => {
                    let mut first = true;
                    while self.stream.next_element(&mut first)? {
                        self.state_module(all, depth.saturating_add(1))?;
                    }
                }
                _ => self.stream.skip()?,
            }
        }
        Ok(())
    }

    fn state_resource(&mut self, all: bool, module: Option<&str>) -> Result<(), PlanError> {
        let at = self.stream.position();
        let json = self.stream.cut_text()?;
        let head = head(json, "a resource of the state")?;
        if head.kind.is_some_and(|kind| is_kept(&kind)) {
            if all || head.mode.as_deref() == Some("data") {
                self.state.extend(resource::state(json, module, &mut self.texts)?);
            }
        } else if let Some(address) = head.address {
            self.skipped.push(&address, Section::State, at, json.len());
        }
        Ok(())
    }

    /// Skips what should be a list or an object, and may be `null`.
    fn nothing(&mut self, place: &str) -> Result<(), PlanError> {
        match self.stream.cut_text()? {
            "null" => Ok(()),
            _ => Err(PlanError::Element { place: place.into(), what: "it is of another form".into() }),
        }
    }

    /// Joins the sections.
    fn finish(mut self) -> Result<(Plan, Skipped), PlanError> {
        let has = |key: &str| self.seen.contains(key);
        if !has("format_version") {
            return Err(PlanError::NotAPlan("it has no format_version"));
        }
        let is_plan = ["resource_changes", "planned_values", "configuration", "prior_state", "errored"];
        if !is_plan.into_iter().any(has) {
            // An empty state is nothing but its version.
            let other = self.seen.iter().find(|key| {
                !matches!(key.as_str(), "format_version" | "terraform_version" | "values" | "checks")
            });
            if other.is_some() {
                return Err(PlanError::NotAPlan("it has neither resource changes nor values"));
            }
            self.plan.is_state = true;
        }
        configuration::mark_variables(&mut self.plan.variables, &self.plan.configuration.root);
        let changed: BTreeSet<&str> =
            self.plan.resources.iter().map(|change| &*change.address_text).collect();
        self.state.retain(|resource| !changed.contains(&*resource.address_text));
        self.plan.resources.append(&mut self.state);
        Ok((self.plan, self.skipped))
    }
}

fn head<'a>(json: &'a str, place: &str) -> Result<Head<'a>, PlanError> {
    resource::head(json).ok_or_else(|| PlanError::Element {
        place: place.into(),
        what: "it is no object, or its address or type is no text".into(),
    })
}

fn check_version(version: &str) -> Result<(), PlanError> {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(0)), Some(Ok(1..))) | (Some(Ok(1)), Some(Ok(_))) => Ok(()),
        (Some(Ok(2..)), _) => Err(PlanError::Version(
            version.chars().filter(|c| !c.is_control()).take(40).collect::<String>().into(),
        )),
        _ => Err(PlanError::NotAPlan("its format_version is no version that Terraform writes")),
    }
}
