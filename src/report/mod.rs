//! The finished report, and one file per output format.
