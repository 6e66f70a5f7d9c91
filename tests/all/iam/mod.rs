//! The laws of evaluation, and the documented examples.

mod documented_examples;
mod laws;
mod quick_looks;
