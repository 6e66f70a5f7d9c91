//! Files and template files, read from the configuration directory, and the functions of paths.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::text::{contains, split};
use super::{Fault, Invocation, Outcome};
use crate::source::env::{Bound, Env, Scope, Turn};
use crate::source::evaluator::Template;
use crate::source::load::SourceFile;
use crate::source::syntax::{self, ast::Part};
use crate::source::template::Rendered;
use crate::source::value::{Kind, Value};
use crate::text::{Text, Truth};

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "file" => file(f),
        "filebase64" => bytes_of(f, super::encoding::to_base64),
        "fileexists" => fileexists(f),
        "fileset" => super::fileset::call(f),
        "templatefile" => templatefile(f),
        "templatestring" => templatestring(f),
        "basename" => basename_of(f),
        "dirname" => f.text(0).and_then(|path| match contains(&path, "/") {
            Truth::False => Ok(Value::string(".")),
            _ => f.of_known(|path| Ok(dirname(path))),
        }),
        "abspath" => f.text(0).map(|path| absolute(f, &path)),
        "pathexpand" => f.text(0).map(|path| match path.as_known() {
            Some(known) if !known.starts_with('~') => Value::string(path),
            _ => f.unknown_text(),
        }),
        _ => return None,
    })
}

/// `abspath`: as it is on this machine, for the files that are read by it.
fn absolute(f: &Invocation<'_, '_>, path: &Text) -> Value {
    match (path.as_known(), f.evaluator.source.working_directory()) {
        (Some(known), _) if known.starts_with('/') => Value::string(path.clone()),
        (Some(known), Some(folder)) => {
            let joined = crate::source::load::normal(&format!("{folder}/{known}"));
            Value::string(joined)
        }
        _ => f.unknown_text(),
    }
}

fn basename_of(f: &Invocation<'_, '_>) -> Outcome {
    let path = f.text(0)?;
    // The last part of a path with holes, if none of them may hold a separator and it is not empty.
    let last = split(&path, "/").and_then(|parts| parts.into_iter().collect::<Option<Vec<Text>>>()?.pop());
    match last.filter(|last| !path.is_known() && last.equals(&Text::known("")).is_false()) {
        Some(last) => Ok(Value::string(last)),
        None => f.of_known(|path| Ok(basename(path))),
    }
}

fn basename(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match (path, trimmed.rsplit('/').next()) {
        ("", _) => ".".into(),
        (_, Some("") | None) => "/".into(),
        (_, Some(name)) => name.into(),
    }
}

fn dirname(path: &str) -> String {
    let Some((dir, _)) = path.rsplit_once('/') else { return ".".into() };
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() { ".".into() } else { joined }
}

/// The file that an argument names; `None` where the folder or the name is not known.
pub(super) fn path(f: &Invocation<'_, '_>, index: usize) -> Outcome<Option<PathBuf>> {
    let name = f.text(index)?;
    let (Some(name), Some(folder)) = (name.as_known(), f.evaluator.source.folder()) else { return Ok(None) };
    if name.starts_with('~') {
        return Ok(None);
    }
    Ok(Some(folder.join(name)))
}

fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    let failed = |error: std::io::Error| Fault::invalid(format!("cannot read a file: {error}"));
    let info = fs::metadata(path).map_err(failed)?;
    if !info.is_file() {
        return Err(Fault::invalid("it is not a file"));
    }
    if info.len() > MAX_FILE {
        return Err(Fault::Limit("a file is too large"));
    }
    fs::read(path).map_err(failed)
}

fn text(path: &Path) -> Outcome<String> {
    String::from_utf8(bytes(path)?).map_err(|_| Fault::invalid("a file is not UTF-8"))
}

/// Says that a file cannot be read because no folder was given.
pub(super) fn no_folder(f: &Invocation<'_, '_>) {
    if f.evaluator.source.folder().is_none() {
        f.evaluator.note(format!(
            "{}: {} reads a file that the plan file does not hold; give the folder of the root module (--config-dir)",
            f.evaluator.place(f.expression.span),
            f.name
        ));
    }
}

fn file(f: &Invocation<'_, '_>) -> Outcome {
    if let Some(path) = path(f, 0)? {
        Ok(Value::string(text(&path)?))
    } else {
        no_folder(f);
        Ok(f.unknown_text())
    }
}

/// What `encode` makes of the bytes of a file.
pub(super) fn bytes_of(f: &Invocation<'_, '_>, encode: impl Fn(&[u8]) -> String) -> Outcome {
    if let Some(path) = path(f, 0)? {
        Ok(Value::string(encode(&bytes(&path)?)))
    } else {
        no_folder(f);
        Ok(f.unknown_text())
    }
}

fn fileexists(f: &Invocation<'_, '_>) -> Outcome {
    Ok(if let Some(path) = path(f, 0)? {
        Value::boolean(path.is_file())
    } else {
        no_folder(f);
        f.unknown()
    })
}

fn templatefile(f: &Invocation<'_, '_>) -> Outcome {
    let Some(path) = path(f, 0)? else {
        no_folder(f);
        return Ok(f.unknown_text());
    };
    let name = f.text(0)?;
    let name = name.as_known().unwrap_or_default();
    let template = loaded(f, name, || text(&path))?;
    render(f, &template)
}

fn templatestring(f: &Invocation<'_, '_>) -> Outcome {
    let source = f.text(0)?;
    let Some(source) = source.as_known() else { return Ok(f.unknown_text()) };
    let place = f.evaluator.place(f.expression.span);
    let name = format!("templatestring at {place}{}", f.env.turns());
    let template = loaded(f, &name, || Ok(source.to_owned()))?;
    render(f, &template)
}

/// A template by name, parsed once.
fn loaded(
    f: &Invocation<'_, '_>,
    name: &str,
    read: impl FnOnce() -> Outcome<String>,
) -> Outcome<Rc<Template>> {
    let index = match f.evaluator.template_named(name) {
        Some(index) => index,
        None => f.evaluator.add_template(name, &read()?),
    };
    let template = f.evaluator.templates.borrow().get(index).map(Rc::clone);
    template.ok_or_else(|| Fault::invalid("no such template"))
}

fn render(f: &Invocation<'_, '_>, template: &Template) -> Outcome {
    let parts: &[Part] = template.parts.as_ref().map_err(|message| Fault::invalid(message.clone()))?;
    let variables = f.argument(1)?;
    let Kind::Object(members) = &variables.kind else { return Ok(f.unknown_text()) };
    let turn = Turn::Call(f.expression.span);
    let scope = Scope { bound: Bound::All(members), turn, outer: f.env.scope };
    let env = Env { scope: Some(&scope), isolated: true, each: None, ..*f.env };
    let value = if let [Part::Interpolation(only)] = parts {
        f.evaluator.eval(only, &env)?
    } else {
        let mut rendered = Rendered::default();
        f.evaluator.parts(parts, &env, &mut rendered)?;
        rendered.finish(|| f.hole())
    };
    Ok(value.mark(variables.sensitive))
}

/// Parses a template.
pub(in crate::source) fn parse(name: &str, text: &str, file: u32) -> Template {
    // A mark of the byte order is no part of a template.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = SourceFile::new(name, text);
    let parts = syntax::parse_template(text, file).map_err(|error| {
        let (line, column) = source.line_and_column(error.offset);
        format!("{name}:{line}:{column}: {}", error.message)
    });
    Template { file: source, parts }
}
