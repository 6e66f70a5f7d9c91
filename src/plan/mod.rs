//! Terraform's JSON: reads a plan or a state, keeps what matters, joins what is unknown and what is sensitive with
//! the values themselves.

mod address;
mod blocks;
mod build;
mod configuration;
mod cursor;
mod error;
mod expression;
mod input;
mod kept;
mod marks;
mod members;
mod model;
pub mod policy_document;
mod read;
mod resource;
mod scan;
mod sections;
mod skipped;
mod spool;
mod stream;
mod surroundings;
mod value;
mod worker;

pub use address::{Address, Key, Mode, ModuleStep};
pub use blocks::Blocks;
pub use error::PlanError;
pub use input::Input;
pub use kept::{KEPT_TYPES, is_kept};
pub use members::{Members, Name};
pub use model::{
    Action, Configuration, Expression, Module, ModuleCall, Plan, ProviderConfig, ResourceChange,
    ResourceConfig,
};
pub use read::{read, read_from};
pub use skipped::Skipped;
pub use value::{Object, Value};
