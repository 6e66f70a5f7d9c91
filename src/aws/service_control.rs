//! Service control policies from files: one level of an organization per file.

use std::io;
use std::path::Path;

use serde_json::{Deserializer, Value};

use super::given_policies::{document, read_text};

/// A file of service control policies that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScpFileError {
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
    /// Something in it is no service control policy.
    #[error(
        "{path}: {what}; give the policy documents of one level, one or a JSON list of them, or what `aws \
         organizations describe-policy` prints"
    )]
    Form {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
}

/// The documents of a level, as JSON.
pub fn read(path: &Path) -> Result<Vec<String>, ScpFileError> {
    let name = path.display().to_string();
    let text = read_text(path).map_err(|error| ScpFileError::Read { path: name.clone(), error })?;
    parse(&name, &text)
}

/// The documents in a text: one document, a list of them, or several values one after the other.
pub fn parse(path: &str, text: &str) -> Result<Vec<String>, ScpFileError> {
    let mut documents = Vec::new();
    let mut values = 0usize;
    for value in Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| ScpFileError::Json { path: path.into(), error })?;
        values = values.saturating_add(1);
        add(&value, &mut documents).map_err(|what| ScpFileError::Form { path: path.into(), what })?;
    }
    if values == 0 {
        return Err(ScpFileError::Form { path: path.into(), what: "it is empty".into() });
    }
    Ok(documents)
}

fn add(value: &Value, documents: &mut Vec<String>) -> Result<(), String> {
    if let Value::Array(elements) = value {
        return elements.iter().try_for_each(|element| add(element, documents));
    }
    let Some(object) = value.as_object() else {
        let held = document(value).ok_or("something in it is no policy document")?;
        documents.push(held);
        return Ok(());
    };
    if object.contains_key("Statement") {
        documents.push(value.to_string());
        return Ok(());
    }
    // `aws organizations describe-policy`, and what it prints inside.
    let policy = object.get("Policy").and_then(Value::as_object).unwrap_or(object);
    let summary = policy.get("PolicySummary").and_then(Value::as_object).unwrap_or(policy);
    let kind = ["Type", "type"].iter().find_map(|name| summary.get(*name)).and_then(Value::as_str);
    if let Some(kind) = kind.filter(|kind| *kind != "SERVICE_CONTROL_POLICY") {
        return Err(format!("a policy in it is a {}", kind.escape_debug()));
    }
    let content = ["Content", "content"].iter().find_map(|name| policy.get(*name)).and_then(document);
    documents.push(content.ok_or("an object in it is no policy document")?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn documents_lists_and_what_the_cli_prints_are_read() {
        let document = r#"{"Statement":[]}"#;
        for (text, count) in [
            (document.to_owned(), 1),
            (format!("[{document},{document}]"), 2),
            (format!("{document}\n{document}"), 2),
            ("[]".to_owned(), 0),
            (r#"["{\"Statement\":[]}"]"#.to_owned(), 1),
            (
                r#"{"Policy":{"PolicySummary":{"Type":"SERVICE_CONTROL_POLICY"},"Content":"{\"Statement\":[]}"}}"#
                    .to_owned(),
                1,
            ),
        ] {
            let documents = parse("scp.json", &text).unwrap();
            assert_eq!(documents.len(), count, "{text}");
            assert!(documents.iter().all(|found| found == document), "{text}");
        }
    }

    #[test]
    fn what_is_no_service_control_policy_is_refused() {
        for (text, why) in [
            ("", "is empty"),
            ("{", "not JSON"),
            ("3", "no policy document"),
            (r#"{"a":1}"#, "no policy document"),
            (r#"{"Policy":{"PolicySummary":{"Type":"TAG_POLICY"},"Content":"{}"}}"#, "TAG_POLICY"),
        ] {
            let error = parse("scp.json", text).unwrap_err().to_string();
            assert!(error.starts_with("scp.json") && error.contains(why), "{text}: {error}");
        }
    }
}
