//! The laws of evaluation, the documented examples, and hostile input.

mod documented_examples;
mod fuzz;
mod fuzz_entry;
mod laws;
mod quick_looks;
