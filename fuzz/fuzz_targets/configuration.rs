#![no_main]

#[path = "../../tests/all/fuzz/entry.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::configuration(bytes));
