//! One request, evaluated.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::caller;
use super::position::{self, Position};
use super::request::{ContextEntry, OnlyId, Request, object};
use crate::aws::actions::has_resource_types;
use crate::iam::{
    self, ContextTable, KeyName, KeyValue, Layer, Outcome, PolicyDocument, PolicyLayers, Statement, decide,
    deciding,
};
use crate::text::Text;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    evaluation_results: Vec<EvaluationResult<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    error: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EvaluationResult<'a> {
    eval_action_name: &'a str,
    eval_resource_name: &'a str,
    eval_decision: &'static str,
    matched_statements: Vec<MatchedStatement>,
    missing_context_values: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MatchedStatement {
    source_policy_id: String,
    source_policy_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_position: Option<Position>,
}

/// Answers one request with a line; tells whether the answer is an error.
pub(super) fn answer(line: &[u8]) -> (String, bool) {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => return fail(None, format!("the request is not UTF-8: {error}")),
    };
    let request: Request<'_> = match object(text) {
        Ok(request) => request,
        Err(error) => {
            let id = object::<OnlyId<'_>>(text).ok().and_then(|request| on_one_line(request.id));
            return fail(id.as_deref(), format!("the request is not valid: {error}"));
        }
    };
    let id = on_one_line(request.id);
    let evaluated = Policies::read(&request).and_then(|policies| {
        let missing = policies.missing_keys();
        let evaluation_results = policies.evaluate(&request, &missing)?;
        let answer = Answer { id: id.as_deref(), evaluation_results };
        line_of(&answer).map_err(|error| error.to_string())
    });
    match evaluated {
        Ok(line) => (line, false),
        Err(message) => fail(id.as_deref(), message),
    }
}

fn line_of(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    Ok(line)
}

/// The `Id` as it was given, without the white space that it may have within.
fn on_one_line(id: Option<&RawValue>) -> Option<Box<RawValue>> {
    let (mut in_string, mut escaped) = (false, false);
    let kept = |c: &char| {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        in_string || !c.is_ascii_whitespace()
    };
    RawValue::from_string(id?.get().chars().filter(kept).collect()).ok()
}

fn fail(id: Option<&RawValue>, error: String) -> (String, bool) {
    let line = line_of(&Failure { id, error });
    (line.unwrap_or_else(|_| "{\"Error\":\"the request cannot be answered\"}\n".into()), true)
}

/// A document with its text and where it was given.
struct Given<'a> {
    name: String,
    text: Cow<'a, str>,
    document: PolicyDocument,
}

/// Everything that a request brings, compiled.
struct Policies<'a> {
    identity: Vec<Given<'a>>,
    boundaries: Vec<Given<'a>>,
    session: Vec<Given<'a>>,
    service_control: Vec<Vec<Given<'a>>>,
    context: ContextTable,
}

impl<'a> Policies<'a> {
    fn read(request: &Request<'a>) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut list = |list: Option<&[&'a RawValue]>, name: &str, takes: Takes| -> Vec<Given<'a>> {
            let mut given = Vec::new();
            for (policy, number) in list.unwrap_or_default().iter().zip(1usize..) {
                match document(policy, format!("{name}.{number}"), takes) {
                    Ok(document) => given.push(document),
                    Err(problem) => problems.push(problem),
                }
            }
            given
        };
        let identity = list(Some(&request.policy_input_list), "PolicyInputList", Takes::Iam);
        let boundaries = list(
            request.permissions_boundary_policy_input_list.as_deref(),
            "PermissionsBoundaryPolicyInputList",
            Takes::Iam,
        );
        let session =
            list(request.session_policy_input_list.as_deref(), "SessionPolicyInputList", Takes::Iam);
        let levels = request.service_control_policy_input_list.as_deref().unwrap_or_default();
        let levels = levels.iter().zip(1usize..);
        let service_control = levels
            .map(|(level, number)| {
                list(Some(level), &format!("ServiceControlPolicyInputList.{number}"), Takes::Organizations)
            })
            .collect();
        // All of them at once, so that nobody mends one after the other.
        if !problems.is_empty() {
            return Err(problems.join("; "));
        }
        Ok(Self { identity, boundaries, session, service_control, context: context(request)? })
    }

    fn all(&self) -> impl Iterator<Item = &Given<'a>> {
        let first = self.identity.iter().chain(&self.boundaries).chain(&self.session);
        first.chain(self.service_control.iter().flatten())
    }

    /// The keys that the policies name and the request does not have, by one spelling each.
    fn missing_keys(&self) -> Vec<String> {
        let statements = self.all().flat_map(|given| given.document.statements());
        let mut missing: BTreeMap<&KeyName, &str> = BTreeMap::new();
        for key in statements.flat_map(Statement::condition_keys) {
            if self.context.get(key).is_none() {
                let spelled = missing.entry(key).or_insert(key.spelled());
                *spelled = key.spelled().min(spelled);
            }
        }
        let mut spelled: Vec<String> = missing.into_values().map(ToOwned::to_owned).collect();
        spelled.sort_unstable();
        spelled
    }

    fn layers(&self) -> PolicyLayers<'_> {
        fn of<'b>(list: &'b [Given<'_>]) -> Vec<&'b PolicyDocument> {
            list.iter().map(|given| &given.document).collect()
        }
        PolicyLayers {
            identity: of(&self.identity),
            // A list of boundary policies is one boundary in several documents, as every other list is one layer.
            boundaries: if self.boundaries.is_empty() { Vec::new() } else { vec![of(&self.boundaries)] },
            session: (!self.session.is_empty()).then(|| of(&self.session)),
            service_control: self.service_control.iter().map(|level| of(level)).collect(),
            trust: None,
        }
    }

    fn given(&self, layer: Layer, document: usize) -> Option<&Given<'a>> {
        match layer {
            Layer::Identity => self.identity.get(document),
            Layer::Boundary(_) => self.boundaries.get(document),
            Layer::Session => self.session.get(document),
            Layer::ServiceControl(level) => self.service_control.get(level)?.get(document),
            Layer::Trust => None,
        }
    }

    fn evaluate<'b>(
        &self,
        request: &'b Request<'_>,
        missing: &'b [String],
    ) -> Result<Vec<EvaluationResult<'b>>, String> {
        const EVERYTHING: &[Cow<'static, str>] = &[Cow::Borrowed("*")];
        let layers = self.layers();
        let resources =
            request.resource_arns.as_deref().filter(|list| !list.is_empty()).unwrap_or(EVERYTHING);
        let mut results = Vec::new();
        for action in &request.action_names {
            check_action(action)?;
            for resource in resources {
                // An action without resource types is authorized on everything, whatever is named.
                let resource = if has_resource_types(action) == Some(false) { "*" } else { resource };
                let judged = iam::Request::new(action, Text::known(resource));
                let eval_decision = match decide(&layers, &judged, &self.context).outcome() {
                    Some(Outcome::Allowed) => "allowed",
                    Some(Outcome::ExplicitDeny) => "explicitDeny",
                    Some(Outcome::ImplicitDeny) => "implicitDeny",
                    None => return Err(format!("`{action}` on `{resource}` cannot be decided")),
                };
                let matched = deciding(&layers, &judged, &self.context);
                let matched = matched.iter().filter_map(|applying| {
                    let given = self.given(applying.layer, applying.document_index)?;
                    let position = position::statement(&given.text, applying.statement.index());
                    Some(MatchedStatement {
                        source_policy_id: given.name.clone(),
                        source_policy_type: "IAM Policy",
                        start_position: position.map(|(start, _)| start),
                        end_position: position.map(|(_, end)| end),
                    })
                });
                results.push(EvaluationResult {
                    eval_action_name: action,
                    eval_resource_name: resource,
                    eval_decision,
                    matched_statements: matched.collect(),
                    missing_context_values: missing,
                });
            }
        }
        Ok(results)
    }
}

fn check_action(action: &str) -> Result<(), String> {
    let valid = action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if valid && !action.contains(['*', '?']) {
        return Ok(());
    }
    Err(format!("ActionNames: `{action}` is no action; write it like `mq:RebootBroker`, without wildcards"))
}

/// Who takes a policy, or refuses it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Iam,
    /// AWS Organizations; nothing tells what that refuses.
    Organizations,
}

/// Reads a document: a JSON string that holds it, or the document itself.
fn document(policy: &RawValue, name: String, takes: Takes) -> Result<Given<'_>, String> {
    let text: Cow<'_, str> = if policy.get().starts_with('"') {
        let text = serde_json::from_str::<String>(policy.get());
        Cow::Owned(text.map_err(|error| format!("{name}: {error}"))?)
    } else {
        Cow::Borrowed(policy.get())
    };
    let document = PolicyDocument::parse(&Text::known(&*text)).of_no_resource();
    let mut problems: Vec<String> = document.problems().iter().map(ToString::to_string).collect();
    if takes == Takes::Iam {
        problems.extend(document.refused().iter().map(ToString::to_string));
    }
    if problems.is_empty() {
        Ok(Given { name, text, document })
    } else {
        Err(format!("{name}: {}", problems.join("; ")))
    }
}

fn context(request: &Request<'_>) -> Result<ContextTable, String> {
    let mut context = ContextTable::new();
    for entry in request.context_entries.as_deref().unwrap_or_default() {
        let entry: ContextEntry<'_> =
            object(entry.get()).map_err(|error| format!("ContextEntries: {error}"))?;
        let name = &entry.name;
        if name.is_empty() {
            return Err("ContextEntries: a ContextKeyName is empty".into());
        }
        if context.insert(name, value(&entry)?).is_some() {
            return Err(format!("ContextEntries: `{name}` is there twice (case does not matter)"));
        }
    }
    if let Some(caller) = &request.caller_arn {
        caller::add(caller, &mut context)?;
    }
    Ok(context)
}

fn value(entry: &ContextEntry<'_>) -> Result<KeyValue, String> {
    let list_type = entry.kind.is_some_and(super::request::ContextKeyType::is_list);
    if let Some(kind) = entry.kind {
        let wrong = entry.values.iter().find(|value| !kind.comparison().reads(value));
        if let Some(value) = wrong {
            let name = &entry.name;
            return Err(format!("ContextEntries: `{name}` is to be {kind:?}, but `{value}` is not"));
        }
    }
    let values = entry.values.iter().map(|value| iam::Subject::from(&**value)).collect();
    Ok(KeyValue::Present { values, multivalued: list_type || entry.values.len() != 1 })
}
