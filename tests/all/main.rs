//! All tests but those that count allocations: one program to link instead of fifty, which keeps what a fresh clone
//! builds small.

mod accepted;
mod action;
mod aws_actions;
mod aws_managed_policies;
mod before_and_after;
mod cases;
mod changes;
mod cli;
mod closed_loop;
mod determinism;
mod documentation;
mod fixed_plans;
mod fuzz;
mod guard_rails;
mod iam;
mod ignored_tags;
mod intent;
mod layers;
mod looked_up;
mod manual;
mod moved_account;
mod plan;
mod reach;
mod removals;
mod report;
mod requirements;
mod rules;
mod secrets;
mod simulate_cases;
mod source;
mod states;
mod terminal;
