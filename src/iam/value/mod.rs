//! Typed values of conditions: numbers, points in time, addresses, binary data.

mod address;
mod binary;
mod date;
mod number;

pub(super) use address::{Address, Range};
pub(super) use binary::decode;
pub(super) use date::Date;
pub use date::{iso_8601, seconds_of};
pub(super) use number::Number;

/// `true` or `false`, in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
