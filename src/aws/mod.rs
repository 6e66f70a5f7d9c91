//! Facts about AWS, as data: the actions of Amazon MQ, ARN forms, condition keys, the policies that AWS manages.

pub mod absent_keys;
pub mod actions;
pub mod arn;
pub mod condition_keys;
pub mod given_policies;
pub mod identity_providers;
pub mod managed_policies;
pub mod misnamed;
pub mod operations;
pub mod passed_roles;
pub mod requirements;
pub mod service_control;
pub mod services;

pub use operations::Operation;
