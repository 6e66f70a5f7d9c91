//! `&&` and `||`. Where one side settles the whole, it hangs on the version whether the other one may fail.

use super::common::Common;
use super::env::Env;
use super::evaluator::Evaluator;
use super::fault::{Fault, Outcome};
use super::syntax::ast::{Expr, Operator};
use super::typed::is_bool;
use super::types::to_bool;
use super::value::Value;

/// One side of an operator.
enum Side {
    /// A bool, or something unknown.
    Value(Value),
    /// It cannot be evaluated.
    Failed(Fault),
    /// It has a value that is no bool, which is an error whatever the other side is.
    Unfit(Fault),
}

impl Side {
    fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Value(value) => value.as_bool(),
            Self::Failed(_) | Self::Unfit(_) => None,
        }
    }

    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Value(_) => None,
            Self::Failed(fault) | Self::Unfit(fault) => Some(fault),
        }
    }

    fn is_sensitive(&self) -> bool {
        matches!(self, Self::Value(value) if value.sensitive)
    }
}

impl Evaluator<'_> {
    pub(super) fn logic(
        &self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        // The value of either side that settles the whole.
        let decisive = operator == Operator::Or;
        let a = self.side(left, env)?;
        // Where errors count, the plan would have failed; `try` and `can` have to know.
        if let (Side::Value(value), false) = (&a, env.strict)
            && value.as_bool() == Some(decisive)
        {
            return Ok(value.clone());
        }
        let b = self.side(right, env)?;
        let result = match self.short_circuits() {
            Some(true) => short_circuited(&a, &b, decisive)?,
            Some(false) => complete(&a, &b, decisive)?,
            None => match (short_circuited(&a, &b, decisive), complete(&a, &b, decisive)) {
                (Ok(one), Ok(other)) if one == other => one,
                (Err(fault @ Fault::Invalid(_)), Err(Fault::Invalid(_))) => return Err(fault),
                _ => return Err(Fault::Unsettled),
            },
        };
        let result = result
            .map_or_else(|| Value::unknown(self.hole(expression, env)).typed(Common::BOOL), Value::boolean);
        Ok(result.mark(a.is_sensitive() || b.is_sensitive()))
    }

    fn side(&self, expression: &Expr, env: &Env<'_>) -> Outcome<Side> {
        let value = match self.eval(expression, env) {
            Ok(value) => value,
            Err(fault @ (Fault::Invalid(_) | Fault::Unsettled)) => return Ok(Side::Failed(fault)),
            Err(fault) => return Err(fault),
        };
        let is_open = value.as_bool().is_none() && value.as_known_str().is_none();
        Ok(match to_bool(&value) {
            Ok(_) if env.strict && is_open && !is_bool(expression) => Side::Failed(Fault::Unsettled),
            Ok(value) => Side::Value(value),
            // There is a null of type bool; only the operator itself refuses it.
            Err(fault) if value.is_null() => Side::Failed(fault),
            Err(fault @ Fault::Invalid(_)) => Side::Unfit(fault),
            Err(fault) => Side::Failed(fault),
        })
    }

    /// Whether one side that settles the whole hides an error of the other: Terraform does so from 1.12 on, and
    /// OpenTofu from 1.10 on. `None` where it is not known which of them made the plan.
    fn short_circuits(&self) -> Option<bool> {
        let mut numbers = self.world.terraform_version()?.split('.').map(str::parse::<u32>);
        match (numbers.next()?.ok()?, numbers.next()?.ok()?) {
            (0, _) | (1, 0..=9) => Some(false),
            (1, 10 | 11) => self.source.is_opentofu(),
            _ => Some(true),
        }
    }
}

/// The result where an error of either side is one of the whole; `None` where it is unknown.
fn complete(a: &Side, b: &Side, decisive: bool) -> Outcome<Option<bool>> {
    let faults = || a.fault().into_iter().chain(b.fault());
    if let Some(fault) = faults().find(|fault| **fault != Fault::Unsettled).or_else(|| faults().next()) {
        return Err(fault.clone());
    }
    Ok(combined(a, b, decisive))
}

/// The result where a side that settles the whole hides an error of the other, the left one of the right one as well.
fn short_circuited(a: &Side, b: &Side, decisive: bool) -> Outcome<Option<bool>> {
    for side in [a, b] {
        if let Side::Unfit(fault) = side {
            return Err(fault.clone());
        }
    }
    match (a.fault(), b.fault()) {
        _ if [a, b].iter().any(|side| side.as_bool() == Some(decisive)) => Ok(Some(decisive)),
        (None, None) => Ok(combined(a, b, decisive)),
        // Neither side can turn out to settle it.
        (Some(fault @ Fault::Invalid(_)), Some(Fault::Invalid(_))) => Err(fault.clone()),
        (Some(fault @ Fault::Invalid(_)), None) if b.as_bool().is_some() => Err(fault.clone()),
        (None, Some(fault @ Fault::Invalid(_))) if a.as_bool().is_some() => Err(fault.clone()),
        _ => Err(Fault::Unsettled),
    }
}

fn combined(a: &Side, b: &Side, decisive: bool) -> Option<bool> {
    match (a.as_bool(), b.as_bool()) {
        (Some(a), _) if a == decisive => Some(decisive),
        (_, Some(b)) if b == decisive => Some(decisive),
        (Some(_), Some(_)) => Some(!decisive),
        _ => None,
    }
}
