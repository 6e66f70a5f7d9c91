//! The command line, as data: each file under `tests/cmd` holds commands with what they print and their exit status.
//! `TRYCMD=overwrite cargo test --test all cli` writes them anew.

#[test]
fn commands_print_what_they_are_said_to_print() {
    trycmd::TestCases::new().env("COLUMNS", "120").case("tests/cmd/*.md");
}
