//! Who will be able to create, reboot or delete each Amazon MQ broker?
//!
//! The way of the data: bytes → [`plan`] (holes filled from [`source`]) → [`graph`] → policy layers and decisions
//! ([`access`]) → [`findings`] → [`report`]. A layer names only layers before it; [`text`], [`iam`] and [`aws`] come
//! first.

mod hash;

pub mod text;

pub mod iam;

pub mod aws;

pub mod simulate;

pub mod plan;

pub mod source;

pub mod completion;

pub mod graph;

pub mod access;

pub mod reach;
pub mod requirements;

pub mod fix;

pub mod intent;

pub mod changes;

pub mod findings;

pub mod explain;

pub mod report;

pub mod analysis;

pub mod cli;
