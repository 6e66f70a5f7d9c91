//! Managed policies from files: what the AWS CLI prints of policies, in the forms that people keep it in.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Deserializer, Map, Value};

use super::arn::Arn;
use super::managed_policies;

type Object = Map<String, Value>;

/// Managed policies that the user gives, by ARN. They stand before those of the embedded set.
#[derive(Clone, Debug, Default)]
pub struct GivenPolicies {
    by_arn: BTreeMap<String, Given>,
}

#[derive(Clone, Debug)]
struct Given {
    document: String,
    /// Whether it is the version in force, as far as the file tells.
    is_default: bool,
    version: String,
}

/// A file of managed policies that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileError {
    /// It cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is no JSON.
    #[error("{path} is not JSON: {error}")]
    Json {
        /// The file.
        path: String,
        /// Why.
        error: serde_json::Error,
    },
    /// Something in it is no policy.
    #[error(
        "{path}: {what}; give what `aws iam get-policy-version` prints with an \"Arn\" beside it, or what `aws iam \
         get-account-authorization-details` prints"
    )]
    Form {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
}

/// A file as text: UTF-8, or UTF-16 as a Windows shell writes it.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = std::fs::read(path)?;
    let wide = |read: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().skip(1).map(|pair| read(*pair)).collect();
        String::from_utf16(&units).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => text(rest),
        all => text(all),
    }
}

fn text(bytes: &[u8]) -> io::Result<String> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(text.to_owned())
}

/// A document inside of JSON: an object, or a string that holds one, perhaps percent-encoded as the API sends it.
pub fn document(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => Some(value.to_string()),
        Value::String(text) => {
            let decoded = if text.starts_with('%') { percent_decoded(text)? } else { text.clone() };
            matches!(serde_json::from_str(&decoded), Ok(Value::Object(_))).then_some(decoded)
        }
        _ => None,
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

impl GivenPolicies {
    /// Adds the policies of a file. Of two with one ARN the later one counts.
    pub fn read(&mut self, path: &Path) -> Result<(), PolicyFileError> {
        let name = path.display().to_string();
        let text = read_text(path).map_err(|error| PolicyFileError::Read { path: name.clone(), error })?;
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        self.add(&name, stem, &text)
    }

    /// Adds the policies of a text: one JSON value, or several one after the other. `stem` is the name of the file
    /// without its ending: it names the policy where nothing in the file does.
    pub fn add(&mut self, path: &str, stem: Option<&str>, text: &str) -> Result<(), PolicyFileError> {
        let mut file = File { path, stem, described: None, found: BTreeMap::new() };
        let mut values = 0usize;
        for value in Deserializer::from_str(text).into_iter::<Value>() {
            let value = value.map_err(|error| PolicyFileError::Json { path: path.into(), error })?;
            values = values.saturating_add(1);
            file.value(&value, None)?;
        }
        if let Some((arn, given)) = file.found.iter().find(|(_, given)| !given.is_default) {
            let what = format!("{} of {} is not the default version", given.version, arn.escape_debug());
            return Err(file.wrong(what));
        }
        if file.found.is_empty() {
            return Err(file.wrong(if values == 0 { "it is empty" } else { "it holds no policy" }));
        }
        self.by_arn.append(&mut file.found);
        Ok(())
    }

    /// The document of the policy with this ARN. Of policies that AWS manages those of one partition count in all.
    pub fn get(&self, arn: &str) -> Option<&str> {
        let found = self.by_arn.get(arn).or_else(|| {
            let name = managed_policies::name_in(arn)?;
            self.by_arn
                .iter()
                .find(|(other, _)| managed_policies::name_in(other) == Some(name))
                .map(|(_, given)| given)
        });
        found.map(|given| given.document.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_arn.is_empty()
    }
}

/// A file while it is read.
struct File<'a> {
    path: &'a str,
    stem: Option<&'a str>,
    /// What `aws iam get-policy` said last: the ARN, and the default version. It names the version that follows.
    described: Option<(String, Option<String>)>,
    found: BTreeMap<String, Given>,
}

impl File<'_> {
    fn wrong(&self, what: impl Into<String>) -> PolicyFileError {
        PolicyFileError::Form { path: self.path.into(), what: what.into() }
    }

    /// Takes whatever policies a value holds. `name` is the key that it stands under, where that may be a name.
    fn value(&mut self, value: &Value, name: Option<&str>) -> Result<(), PolicyFileError> {
        match value {
            Value::Array(elements) => elements.iter().try_for_each(|element| self.value(element, None)),
            Value::Object(object) => self.object(object, name),
            other => Err(self.wrong(format!("{} is no policy", named_kind(other)))),
        }
    }

    fn object(&mut self, object: &Object, name: Option<&str>) -> Result<(), PolicyFileError> {
        if let Some(Value::Array(policies)) = member(object, &["Policies"]) {
            return policies.iter().try_for_each(|policy| self.value(policy, None));
        }
        let described = member(object, &["Policy"]).and_then(Value::as_object);
        if let Some(policy) = described {
            let version = member(policy, &["DefaultVersionId"]).and_then(Value::as_str).map(str::to_owned);
            self.described = self.arn(policy)?.map(|arn| (arn, version));
            if has_document(policy) {
                return self.policy(policy, name);
            }
        }
        if has_document(object) {
            return self.policy(object, name);
        }
        if described.is_some() || member(object, ACCOUNT_DETAILS).is_some() {
            return Ok(());
        }
        if let Some(arn) = self.arn(object)? {
            let what = format!("{} is there without its document", arn.escape_debug());
            return Err(self.wrong(what));
        }
        if member(object, &["Statement"]).is_some() {
            let arn = self.named(None, name)?;
            let given = Given {
                document: Value::Object(object.clone()).to_string(),
                is_default: true,
                version: String::new(),
            };
            self.found.insert(arn, given);
            return Ok(());
        }
        if !object.is_empty() && object.values().all(Value::is_object) {
            return object.iter().try_for_each(|(key, value)| self.value(value, Some(key)));
        }
        Err(self.wrong(format!("{} is no policy", named_kind(&Value::Object(object.clone())))))
    }

    /// Takes a policy with its document, or with its versions.
    fn policy(&mut self, object: &Object, name: Option<&str>) -> Result<(), PolicyFileError> {
        let default = member(object, &["DefaultVersionId"]).and_then(Value::as_str).map(str::to_owned);
        let listed = member(object, &["PolicyVersionList", "Versions"]).and_then(Value::as_array);
        let single = member(object, &["PolicyVersion"]).and_then(Value::as_object);
        let versions: Vec<&Object> = match (listed, single) {
            (Some(versions), _) => versions.iter().filter_map(Value::as_object).collect(),
            (None, Some(version)) => vec![version],
            (None, None) => vec![object],
        };
        let arn = self.named(self.arn(object)?, name)?;
        let described = self.described.as_ref().filter(|(described, _)| *described == arn);
        let default = default.or_else(|| described.and_then(|(_, version)| version.clone()));
        let mut any = false;
        for version in versions {
            let Some(document) = member(version, DOCUMENT).and_then(document) else { continue };
            any = true;
            let id = member(version, &["VersionId", "ver"]).and_then(Value::as_str).unwrap_or("a version");
            let is_default = match (member(version, &["IsDefaultVersion"]), &default) {
                (Some(Value::Bool(is_default)), _) => *is_default,
                (_, Some(default)) if id.starts_with('v') => id == default,
                _ => true,
            };
            if is_default || !self.found.get(&arn).is_some_and(|known| known.is_default) {
                let version = id.escape_debug().to_string();
                self.found.insert(arn.clone(), Given { document, is_default, version });
            }
        }
        if any {
            Ok(())
        } else {
            Err(self.wrong(format!("the document of {} is no JSON object", arn.escape_debug())))
        }
    }

    /// The ARN of a policy that says its ARN or its name.
    fn arn(&self, object: &Object) -> Result<Option<String>, PolicyFileError> {
        let text = |names: &[&str]| member(object, names).and_then(Value::as_str);
        if let Some(arn) = text(&["Arn", "PolicyArn"]) {
            return if is_policy_arn(arn) {
                Ok(Some(arn.to_owned()))
            } else {
                Err(self.wrong(format!("{} is not the ARN of a policy", arn.escape_debug())))
            };
        }
        Ok(text(&["PolicyName", "Name"]).map(|name| managed_by_aws(text(&["Path"]), name)))
    }

    /// The ARN that is said, or that what stands around the policy tells.
    fn named(&self, said: Option<String>, key: Option<&str>) -> Result<String, PolicyFileError> {
        let of_key =
            || key.map(|key| if is_policy_arn(key) { key.to_owned() } else { managed_by_aws(None, key) });
        let of_description = || self.described.as_ref().map(|(arn, _)| arn.clone());
        let of_file = || {
            let name = known_name(self.stem.filter(|_| self.found.is_empty())?)?;
            Some(format!("arn:aws:iam::aws:policy/{name}"))
        };
        said.or_else(of_key).or_else(of_description).or_else(of_file).ok_or_else(|| {
            self.wrong("nothing says which policy a document is, and the file is not named like one")
        })
    }
}

/// Members under which a document stands.
const DOCUMENT: &[&str] = &["Document", "PolicyDocument", "doc", "Policy"];

/// What `get-account-authorization-details` prints beside policies.
const ACCOUNT_DETAILS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList"];

fn has_document(object: &Object) -> bool {
    member(object, &["PolicyVersion", "PolicyVersionList", "Versions"]).is_some()
        || member(object, DOCUMENT).is_some_and(|value| value.is_string() || member_of(value, "Statement"))
}

fn member_of(value: &Value, name: &str) -> bool {
    value.as_object().is_some_and(|object| member(object, &[name]).is_some())
}

/// The first of these members, whatever the case of its name.
fn member<'v>(object: &'v Object, names: &[&str]) -> Option<&'v Value> {
    let find =
        |name: &&str| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    names.iter().find_map(find)
}

fn is_policy_arn(text: &str) -> bool {
    let is_policy = |arn: Arn<'_>| arn.service == "iam" && arn.resource.starts_with("policy/");
    Arn::parse(text).is_some_and(is_policy)
}

/// The ARN of the policy of AWS with this name; without a path that is given, with the one that the set knows.
fn managed_by_aws(path: Option<&str>, name: &str) -> String {
    let known = || known_name(name).unwrap_or_else(|| name.to_owned());
    let name = path.map_or_else(known, |path| format!("{}{name}", path.trim_start_matches('/')));
    format!("arn:aws:iam::aws:policy/{name}")
}

/// The name with its path of a policy of the set.
fn known_name(name: &str) -> Option<String> {
    managed_policies::iter_names().find(|known| known.rsplit('/').next() == Some(name)).map(str::to_owned)
}

/// What a value is, without what it holds: a file that was given by mistake may hold secrets.
fn named_kind(value: &Value) -> String {
    const MOST: usize = 4;
    match value {
        Value::Object(object) => {
            let names: Vec<String> = object
                .keys()
                .take(MOST)
                .map(|name| name.escape_debug().take(MOST_CHARACTERS).collect())
                .collect();
            if names.is_empty() {
                "an empty object".into()
            } else {
                format!("an object with {}", names.join(", "))
            }
        }
        Value::Array(_) => "a list".into(),
        Value::String(_) => "a string".into(),
        Value::Number(_) => "a number".into(),
        Value::Bool(_) => "a boolean".into(),
        Value::Null => "null".into(),
    }
}

/// A longer name of a member is cut in messages.
const MOST_CHARACTERS: usize = 40;

#[cfg(test)]
mod tests;
