//! Paths as parts of URIs.

use std::fmt::Write as _;

/// A path without `.`, and without `..` where it can be resolved by name alone.
pub(super) fn normal_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// A path as a part of a URI (RFC 3986).
pub(super) fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{normal_path, percent_encoded};

    #[test]
    fn paths_are_relative_and_encoded() {
        assert_eq!(normal_path("infra/../modules/./a b.tf"), "modules/a b.tf");
        assert_eq!(normal_path("../x.tf"), "../x.tf");
        assert_eq!(percent_encoded("modules/a b#1.tf"), "modules/a%20b%231.tf");
    }
}
