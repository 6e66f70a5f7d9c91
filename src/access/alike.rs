//! Calls that are alike: they differ in nothing that the policies of a caller look at.

use super::calls::{Asker, Call, CallContext};
use crate::iam::{KeyValue, PolicyDocument, Request, Statement};
use crate::text::{Hole, Text};

/// What a call is to a caller: calls of the same action that are alike get the same verdict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alike {
    matches: Vec<bool>,
    keys: Vec<Option<Held>>,
}

/// What a call says of a condition key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Held {
    Texts(Vec<Text>, bool),
    Absent,
    Unknown(Hole),
    /// Anything of this form; the rest follows from the key.
    Free(Option<Text>),
}

impl Held {
    fn of(value: KeyValue) -> Self {
        match value {
            KeyValue::Absent => Self::Absent,
            KeyValue::Unknown(hole) => Self::Unknown(hole),
            KeyValue::Present { values, multivalued } => {
                Self::Texts(values.iter().map(|value| value.text().clone()).collect(), multivalued)
            }
            KeyValue::Free(facts) => Self::Free(facts.form),
        }
    }
}

/// The statements of a caller's policies that concern an action.
pub struct Concerned<'k, 'a> {
    asker: &'k Asker<'a>,
    statements: Vec<&'a Statement>,
    /// Whether a resource that they name looks at condition keys.
    has_variables: bool,
}

impl<'a> Asker<'a> {
    /// The statements that concern an action, for telling calls of it apart.
    pub fn concerned_by(&self, action: &str) -> Concerned<'_, 'a> {
        let request = Request::new(action, Text::default());
        let documents = self.layers().iter().flat_map(|(_, documents)| documents.iter().copied());
        let statements = documents.flat_map(PolicyDocument::statements);
        let statements: Vec<&Statement> =
            statements.filter(|statement| !statement.concerns_action(&request).is_false()).collect();
        let has_variables = statements.iter().any(|statement| statement.has_variable_resources());
        Concerned { asker: self, statements, has_variables }
    }
}

impl Concerned<'_, '_> {
    /// What a call of the action is to the caller; `None` where it hangs on the resource in a way of its own.
    pub fn alike(&self, call: &Call<'_>) -> Option<Alike> {
        let all = |context: &CallContext<'_>| {
            let certain = |statement: &&Statement| {
                let answer = statement.matches_resource(&call.resource, context);
                (!answer.is_maybe()).then(|| answer.is_true())
            };
            self.statements.iter().map(certain).collect::<Option<Vec<bool>>>()
        };
        let matches = if self.has_variables {
            self.asker.with_request(call, |_, _, context| all(context))
        } else {
            all(&self.asker.context())
        }?;
        Some(Alike { matches, keys: self.asker.said(call).map(|value| value.map(Held::of)).collect() })
    }
}
