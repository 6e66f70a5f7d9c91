//! A hole: a value known only after apply, named by where it comes from.

use std::fmt;
use std::sync::Arc;

use super::Shape;

/// A value known only after apply. Two holes with the same origin are the same value wherever they stand.
///
/// Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hole(Arc<Origin>);

#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Origin {
    address: Box<str>,
    attribute: Box<str>,
    expression: Option<Box<str>>,
    shape: Shape,
}

/// What stands before the account that an account is not.
const NOT: &str = "not ";

impl Hole {
    /// The value of `attribute` of the resource instance at `address`.
    pub fn new(address: impl Into<Box<str>>, attribute: impl Into<Box<str>>, shape: Shape) -> Self {
        Self(Arc::new(Origin {
            address: address.into(),
            attribute: attribute.into(),
            expression: None,
            shape,
        }))
    }

    /// The value of an expression that cannot be evaluated, within `attribute` of the instance at `address`.
    ///
    /// `expression` must tell apart all expressions of that attribute which may differ in value.
    pub fn of_expression(
        address: impl Into<Box<str>>,
        attribute: impl Into<Box<str>>,
        expression: impl Into<Box<str>>,
        shape: Shape,
    ) -> Self {
        let expression = Some(expression.into());
        Self(Arc::new(Origin { address: address.into(), attribute: attribute.into(), expression, shape }))
    }

    /// The account that nothing in the plan tells. All such accounts are one, unless names tell them apart.
    pub fn account() -> Self {
        Self::new("", "account", Shape::ACCOUNT_ID)
    }

    /// The account that nothing in the plan tells, of a provider configuration that cannot share the one of the others,
    /// which is `other` where that is known.
    pub fn account_of(provider: &str, other: Option<&str>) -> Self {
        let attribute = format!("account of provider {provider}");
        match other {
            Some(other) => Self::of_expression("", attribute, format!("{NOT}{other}"), Shape::ACCOUNT_ID),
            None => Self::new("", attribute, Shape::ACCOUNT_ID),
        }
    }

    /// Whether it is known not to be `text`, for another reason than its shape.
    pub fn excludes(&self, text: &str) -> bool {
        self.is_account() && self.expression().and_then(|it| it.strip_prefix(NOT)) == Some(text)
    }

    /// The account of a resource that the configuration has no longer, where nothing tells which of those of the plan it is.
    pub fn account_of_removed() -> Self {
        Self::new("", "account of what is removed", Shape::ACCOUNT_ID)
    }

    /// Whether it is an account that nothing in the plan tells.
    pub fn is_account(&self) -> bool {
        self.address().is_empty()
            && (self.attribute() == "account" || self.attribute().starts_with("account of "))
    }

    /// The region that nothing in the plan tells, of the provider configuration `provider`.
    pub fn region(provider: &str) -> Self {
        Self::new("", format!("region of provider {provider}"), Shape::REGION)
    }

    /// The partition that nothing in the plan tells.
    pub fn partition() -> Self {
        Self::new("", "partition", Shape::PARTITION)
    }

    /// The address of the resource instance; empty for what belongs to no resource, such as the account.
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// The attribute, with its path where it is nested (`statement[0].resources`).
    pub fn attribute(&self) -> &str {
        &self.0.attribute
    }

    /// The expression that could not be evaluated, where the hole is not simply an attribute.
    pub fn expression(&self) -> Option<&str> {
        self.0.expression.as_deref()
    }

    /// What is known of the value.
    pub fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// Whether the two are certainly different values: each is generated anew during apply, for another resource
    /// or attribute, or they are accounts that names tell apart.
    pub fn differs_from(&self, other: &Self) -> bool {
        let are_fresh = self.shape().is_fresh() && other.shape().is_fresh();
        let is_certain = |hole: &Self| hole.is_account() && *hole != Self::account_of_removed();
        self != other && (are_fresh || is_certain(self) && is_certain(other))
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address(), self.expression()) {
            ("", None) => write!(f, "${{{}}}", self.attribute()),
            ("", Some(expression)) => write!(f, "${{{}: {expression}}}", self.attribute()),
            (address, None) => write!(f, "${{{address}.{}}}", self.attribute()),
            (address, Some(expression)) => write!(f, "${{{address}.{}: {expression}}}", self.attribute()),
        }
    }
}

impl fmt::Debug for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hole, Shape};

    #[test]
    fn ids_of_two_new_brokers_differ_and_one_id_equals_itself() {
        let a = Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID);
        let b = Hole::new("aws_mq_broker.b", "id", Shape::NEW_BROKER_ID);
        assert!(a.differs_from(&b));
        assert!(!a.differs_from(&a.clone()));
        assert!(!a.differs_from(&Hole::account()));
        assert!(Hole::account().differs_from(&Hole::account_of("aws.b", None)));
        assert!(!Hole::account().differs_from(&Hole::account_of_removed()));
        let other = Hole::account_of("aws.b", Some("123456789012"));
        assert!(other.excludes("123456789012") && !other.excludes("123456789013"));
        assert!(Hole::account_of_removed().is_account() && !Hole::region("aws").is_account());
        assert_eq!(a, Hole::new("aws_mq_broker.a", "id", Shape::NEW_BROKER_ID));
    }

    #[test]
    fn holes_print_as_the_reference_that_will_fill_them() {
        let id = Hole::new("aws_mq_broker.main", "id", Shape::NEW_BROKER_ID);
        assert_eq!(id.to_string(), "${aws_mq_broker.main.id}");
        assert_eq!(Hole::account().to_string(), "${account}");
    }
}
