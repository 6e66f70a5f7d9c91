//! Condition operators: their names and how they treat missing keys and lists.

use std::fmt;

use super::value::{Address, Date, Number, boolean, decode};

/// Which values of a list must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// How a value of the request is compared with one of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `StringEquals`.
    StringEquals,
    /// `StringEqualsIgnoreCase`.
    StringEqualsIgnoreCase,
    /// `StringLike`.
    StringLike,
    /// `ArnEquals` and `ArnLike`, which are the same.
    Arn,
    /// `NumericEquals` and the like.
    Numeric(Relation),
    /// `DateEquals` and the like.
    Date(Relation),
    /// `Bool`.
    Bool,
    /// `BinaryEquals`.
    Binary,
    /// `IpAddress`.
    IpAddress,
    /// `Null`.
    Null,
}

impl Comparison {
    /// Whether the comparison can read this value of a request.
    pub fn reads(self, value: &str) -> bool {
        match self {
            Self::StringEquals | Self::StringEqualsIgnoreCase | Self::StringLike | Self::Arn => true,
            Self::Numeric(_) => Number::of_any_length(value).is_some(),
            Self::Date(_) => Date::parse(value).is_some(),
            Self::Bool | Self::Null => boolean(value).is_some(),
            Self::Binary => decode(value).is_some(),
            Self::IpAddress => Address::parse(value).is_some(),
        }
    }
}

/// How two values on a line lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The value of the request is that of the policy.
    Equal,
    /// The value of the request is less.
    Less,
    /// The value of the request is less or the same.
    LessOrEqual,
    /// The value of the request is greater.
    Greater,
    /// The value of the request is greater or the same.
    GreaterOrEqual,
}

impl Relation {
    pub(super) fn holds<T: Ord>(self, request: &T, policy: &T) -> bool {
        match self {
            Self::Equal => request == policy,
            Self::Less => request < policy,
            Self::LessOrEqual => request <= policy,
            Self::Greater => request > policy,
            Self::GreaterOrEqual => request >= policy,
        }
    }
}

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// The comparison, in its positive form.
    pub comparison: Comparison,
    /// `StringNotEquals` rather than `StringEquals`.
    pub negated: bool,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub quantifier: Option<Quantifier>,
    /// `IfExists`.
    pub if_exists: bool,
}

impl Operator {
    /// Reads the name of an operator, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::All), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::Any), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (base, if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (comparison, negated) = comparison(base)?;
        // `Null` is about whether the key is there: there is nothing to quantify, and no `IfExists`.
        if comparison == Comparison::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self { comparison, negated, quantifier, if_exists })
    }

    /// Whether a condition with this operator holds when the request does not have the key. Not for `Null`.
    pub(super) fn without_key(self) -> bool {
        if self.if_exists {
            return true;
        }
        match self.quantifier {
            Some(Quantifier::All) => true,
            Some(Quantifier::Any) => false,
            None => self.negated,
        }
    }
}

fn comparison(base: &str) -> Option<(Comparison, bool)> {
    use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    Some(match base {
        "stringequals" => (Comparison::StringEquals, false),
        "stringnotequals" => (Comparison::StringEquals, true),
        "stringequalsignorecase" => (Comparison::StringEqualsIgnoreCase, false),
        "stringnotequalsignorecase" => (Comparison::StringEqualsIgnoreCase, true),
        "stringlike" => (Comparison::StringLike, false),
        "stringnotlike" => (Comparison::StringLike, true),
        "arnequals" | "arnlike" => (Comparison::Arn, false),
        "arnnotequals" | "arnnotlike" => (Comparison::Arn, true),
        "numericequals" => (Comparison::Numeric(Equal), false),
        "numericnotequals" => (Comparison::Numeric(Equal), true),
        "numericlessthan" => (Comparison::Numeric(Less), false),
        "numericlessthanequals" => (Comparison::Numeric(LessOrEqual), false),
        "numericgreaterthan" => (Comparison::Numeric(Greater), false),
        "numericgreaterthanequals" => (Comparison::Numeric(GreaterOrEqual), false),
        "dateequals" => (Comparison::Date(Equal), false),
        "datenotequals" => (Comparison::Date(Equal), true),
        "datelessthan" => (Comparison::Date(Less), false),
        "datelessthanequals" => (Comparison::Date(LessOrEqual), false),
        "dategreaterthan" => (Comparison::Date(Greater), false),
        "dategreaterthanequals" => (Comparison::Date(GreaterOrEqual), false),
        "bool" => (Comparison::Bool, false),
        "binaryequals" => (Comparison::Binary, false),
        "ipaddress" => (Comparison::IpAddress, false),
        "notipaddress" => (Comparison::IpAddress, true),
        "null" => (Comparison::Null, false),
        _ => return None,
    })
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Some(Quantifier::All) => f.write_str("ForAllValues:")?,
            Some(Quantifier::Any) => f.write_str("ForAnyValue:")?,
            None => {}
        }
        f.write_str(self.base_name())?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

impl Operator {
    fn base_name(self) -> &'static str {
        use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        match (self.comparison, self.negated) {
            (Comparison::StringEquals, false) => "StringEquals",
            (Comparison::StringEquals, true) => "StringNotEquals",
            (Comparison::StringEqualsIgnoreCase, false) => "StringEqualsIgnoreCase",
            (Comparison::StringEqualsIgnoreCase, true) => "StringNotEqualsIgnoreCase",
            (Comparison::StringLike, false) => "StringLike",
            (Comparison::StringLike, true) => "StringNotLike",
            (Comparison::Arn, false) => "ArnLike",
            (Comparison::Arn, true) => "ArnNotLike",
            (Comparison::Numeric(Equal), false) => "NumericEquals",
            (Comparison::Numeric(Equal), true) => "NumericNotEquals",
            (Comparison::Numeric(Less), _) => "NumericLessThan",
            (Comparison::Numeric(LessOrEqual), _) => "NumericLessThanEquals",
            (Comparison::Numeric(Greater), _) => "NumericGreaterThan",
            (Comparison::Numeric(GreaterOrEqual), _) => "NumericGreaterThanEquals",
            (Comparison::Date(Equal), false) => "DateEquals",
            (Comparison::Date(Equal), true) => "DateNotEquals",
            (Comparison::Date(Less), _) => "DateLessThan",
            (Comparison::Date(LessOrEqual), _) => "DateLessThanEquals",
            (Comparison::Date(Greater), _) => "DateGreaterThan",
            (Comparison::Date(GreaterOrEqual), _) => "DateGreaterThanEquals",
            (Comparison::Bool, _) => "Bool",
            (Comparison::Binary, _) => "BinaryEquals",
            (Comparison::IpAddress, false) => "IpAddress",
            (Comparison::IpAddress, true) => "NotIpAddress",
            (Comparison::Null, _) => "Null",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Operator};

    #[test]
    fn every_name_is_read_in_any_case_and_prints_as_documented() {
        for name in [
            "StringEquals",
            "StringNotLike",
            "ForAllValues:StringNotEqualsIgnoreCase",
            "ForAnyValue:StringLikeIfExists",
            "NumericLessThanEquals",
            "DateGreaterThanIfExists",
            "Bool",
            "BinaryEquals",
            "NotIpAddress",
            "ArnLike",
            "Null",
        ] {
            assert_eq!(Operator::parse(name).unwrap().to_string(), name);
            assert_eq!(Operator::parse(&name.to_uppercase()), Operator::parse(name));
        }
        assert_eq!(Operator::parse("ArnEquals").unwrap().comparison, Comparison::Arn);
    }

    #[test]
    fn what_is_no_operator_is_none() {
        for name in [
            "",
            "StringEqual",
            "NullIfExists",
            "ForAllValues:Null",
            "ForEach:StringEquals",
            "IfExists",
            "BoolNot",
        ] {
            assert!(Operator::parse(name).is_none(), "{name}");
        }
    }
}
