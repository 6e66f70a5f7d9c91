//! Terraform's JSON: reads a plan or a state, keeps what matters, joins what is unknown and what is sensitive with
//! the values themselves.

mod address;
mod model;
mod value;

pub use address::{Address, Key, Mode, ModuleStep};
pub use model::{
    Action, Configuration, Expression, Module, ModuleCall, Plan, ProviderConfig, ResourceChange,
    ResourceConfig,
};
pub use value::{Object, Value};
