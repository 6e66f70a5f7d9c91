//! A request as it is given.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The fields of `simulate-custom-policy`, and two of our own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Request<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) policy_input_list: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(super) permissions_boundary_policy_input_list: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) session_policy_input_list: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) service_control_policy_input_list: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(borrow)]
    pub(super) action_names: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) resource_arns: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    pub(super) caller_arn: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) context_entries: Option<Vec<&'a RawValue>>,
}

/// Reads an object. A list of the fields' values, which serde would take as well, is none.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    if !text.trim_start().starts_with('{') {
        // What is no JSON at all is said in the parser's words.
        let problem = serde_json::from_str::<serde::de::IgnoredAny>(text).err();
        return Err(problem.map_or_else(|| "it must be a JSON object".into(), |error| error.to_string()));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A key of the request's context.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextEntry<'a> {
    #[serde(borrow, rename = "ContextKeyName")]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow, rename = "ContextKeyValues")]
    pub(super) values: Vec<Cow<'a, str>>,
    #[serde(rename = "ContextKeyType")]
    pub(super) kind: Option<ContextKeyType>,
}

/// The type of a key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ContextKeyType {
    String,
    StringList,
    Numeric,
    NumericList,
    Boolean,
    BooleanList,
    Ip,
    IpList,
    Binary,
    BinaryList,
    Date,
    DateList,
}

impl ContextKeyType {
    pub(super) fn is_list(self) -> bool {
        matches!(
            self,
            Self::StringList
                | Self::NumericList
                | Self::BooleanList
                | Self::IpList
                | Self::BinaryList
                | Self::DateList
        )
    }

    /// The operators that read such a value.
    pub(super) fn comparison(self) -> crate::iam::Comparison {
        use crate::iam::{Comparison, Relation};
        match self {
            Self::String | Self::StringList => Comparison::StringEquals,
            Self::Numeric | Self::NumericList => Comparison::Numeric(Relation::Equal),
            Self::Boolean | Self::BooleanList => Comparison::Bool,
            Self::Ip | Self::IpList => Comparison::IpAddress,
            Self::Binary | Self::BinaryList => Comparison::Binary,
            Self::Date | Self::DateList => Comparison::Date(Relation::Equal),
        }
    }
}

/// The `Id` of a request that is not valid otherwise.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnlyId<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
}
