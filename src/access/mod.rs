//! Each principal's policy layers, and the matrix of decisions.

mod alike;
mod bits;
mod brokers;
mod callers;
mod calls;
mod class;
mod context;
mod excerpts;
mod facts;
mod layers;
mod left_open;
mod matrix;
mod numbers;
mod on_broker;
mod open;
mod origin;
mod overrides;
mod perhaps;
mod sets;
mod shift;
mod statements;
mod ways;
mod worlds;

pub use alike::{Alike, Concerned};
pub use callers::Callers;
pub use calls::{Added, Asker, Authority, Call, CallContext, Supposed};
pub use context::{Keys, free, shown_key, shown_tag_value, tag_keys, tag_value};
pub use facts::Fact;
pub use layers::{Attached, Documents, Layers, Levels};
pub use matrix::{Compiled, Matrix};
pub use on_broker::BrokerCall;
pub use overrides::{ContextError, Overrides};
pub use shift::Shift;
pub use worlds::World;

pub use crate::iam::{KeyAnswer, Reason, RequestContext, Verdict};
pub use ways::{Bearing, Way, WayLayer, groups, layers, ways};
