//! Requests that the conditions of policies tell apart.

use crate::iam::condition::Condition;
use crate::iam::key::{Context, KeyName, KeyState, KeyValue};
use crate::iam::layers::PolicyLayers;
use crate::iam::request::Request;
use crate::iam::statement::Statement;

use super::live;
use super::variable::{Class, Held, Variable, variables};

/// What a request holds for some free keys, which go together.
pub type Probe = Vec<(KeyName, KeyValue)>;

/// A request, with the policies that decide it.
pub struct Asked<'a, C: ?Sized> {
    /// The policies.
    pub layers: &'a PolicyLayers<'a>,
    /// The request.
    pub request: &'a Request,
    /// What it holds for condition keys.
    pub context: &'a C,
}

/// Requests that the conditions of either of the two tell apart.
pub struct Probes {
    /// By free key: what requests hold for it.
    pub keys: Vec<Vec<Probe>>,
    /// For statements: what meets all of its conditions, by the position in `keys` and in what is tried for that key.
    pub meeting: Vec<Vec<usize>>,
}

/// Requests that the conditions of the policies of either of the two tell apart.
pub fn probes<C: Context + ?Sized>(one: &Asked<'_, C>, other: &Asked<'_, C>) -> Probes {
    let live = [live(one.layers, one.request, one.context), live(other.layers, other.request, other.context)];
    let statements: Vec<&Statement> =
        live.iter().flatten().flat_map(|layer| layer.statements.iter().copied()).collect();
    let context = Either(one.context, other.context);
    let free: Vec<Variable> =
        variables(&statements, one.request, &context).into_iter().filter(|variable| variable.free).collect();
    let of_variable = |variable: &Variable| {
        let of_class =
            |class: &Class| variable.keys.iter().cloned().zip(class.held.iter().map(value)).collect();
        variable.classes.iter().map(of_class).collect()
    };
    let keys: Vec<Vec<Probe>> = free.iter().map(of_variable).collect();
    let meets = |statement: &Statement, variable: &Variable, probes: &[Probe]| {
        let about: Vec<&Condition> = statement
            .conditions()
            .iter()
            .filter(|condition| variable.keys.contains(condition.key()))
            .collect();
        let is_met = |probe: &Probe| {
            let tried = Tried { base: &context, fixed: &[probe] };
            about.iter().all(|condition| !condition.holds(&tried).is_false())
        };
        probes.iter().position(is_met).unwrap_or_default()
    };
    let meeting = |statement: &&Statement| {
        free.iter().zip(&keys).map(|(variable, probes)| meets(statement, variable, probes)).collect()
    };
    Probes { meeting: statements.iter().map(meeting).collect(), keys }
}

/// Contexts of which each knows the keys that its own policies look at.
struct Either<'a, C: ?Sized>(&'a C, &'a C);

impl<C: Context + ?Sized> Context for Either<'_, C> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        match self.0.key(name) {
            KeyState::Absent => self.1.key(name),
            known => known,
        }
    }
}

fn value(held: &Held) -> KeyValue {
    match held {
        None => KeyValue::Absent,
        Some((values, true)) => KeyValue::list(values.iter().map(|value| value.text().clone())),
        Some((values, false)) => match values.first() {
            Some(value) => KeyValue::one(value.text().clone()),
            None => KeyValue::Absent,
        },
    }
}

/// A context in which some free keys hold what is tried.
pub struct Tried<'a, C: ?Sized> {
    /// All other keys.
    pub base: &'a C,
    /// What is tried.
    pub fixed: &'a [&'a Probe],
}

impl<C: Context + ?Sized> Context for Tried<'_, C> {
    fn key(&self, name: &KeyName) -> KeyState<'_> {
        let fixed = self.fixed.iter().flat_map(|probe| probe.iter()).find(|(fixed, _)| fixed == name);
        match fixed {
            Some((_, value)) => value.state(),
            None => self.base.key(name),
        }
    }
}
