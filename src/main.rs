//! The command line of `mqwarden`.

fn main() {}
