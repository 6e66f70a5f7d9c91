//! The message `tfplan` within a saved plan file: the workspace, the time of the plan, and the provider configurations of
//! resources are read from it.
//!
//! It is a protocol buffer (`planfile.proto` of Terraform and OpenTofu): field 13 is the backend, whose field 3 is the
//! workspace; field 21 is the time; each field 3 is a change of a resource, whose field 13 is its address and whose field
//! 8 is its provider configuration.

use std::collections::BTreeMap;

const BACKEND: u64 = 13;
const WORKSPACE: u64 = 3;
const TIMESTAMP: u64 = 21;
const RESOURCE_CHANGE: u64 = 3;
const ADDRESS: u64 = 13;
const PROVIDER: u64 = 8;

/// What a plan message says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PlanMessage {
    /// The workspace.
    pub(super) workspace: Option<Box<str>>,
    /// When the plan was made (RFC 3339).
    pub(super) timestamp: Option<Box<str>>,
    /// The provider configurations of resources, by address: `provider["registry.terraform.io/hashicorp/aws"].b`.
    pub(super) providers: BTreeMap<Box<str>, Box<str>>,
}

/// Reads a message; what is not understood is left out.
pub(super) fn read(bytes: &[u8]) -> PlanMessage {
    let mut message = PlanMessage::default();
    each_field(bytes, |number, value| match number {
        BACKEND => each_field(value, |number, value| {
            if number == WORKSPACE {
                message.workspace = text(value);
            }
        }),
        TIMESTAMP => message.timestamp = text(value),
        RESOURCE_CHANGE => {
            let (mut address, mut provider) = (None, None);
            each_field(value, |number, value| match number {
                ADDRESS => address = text(value),
                PROVIDER => provider = text(value),
                _ => {}
            });
            message.providers.extend(address.zip(provider));
        }
        _ => {}
    });
    message
}

fn text(bytes: &[u8]) -> Option<Box<str>> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_empty()).then(|| text.into())
}

/// Calls `visit` for each field that holds bytes.
fn each_field(bytes: &[u8], mut visit: impl FnMut(u64, &[u8])) {
    let mut rest = bytes;
    while let Some((key, after)) = varint(rest) {
        let (number, length) = match key & 7 {
            0 => match varint(after) {
                Some((_, after)) => {
                    rest = after;
                    continue;
                }
                None => return,
            },
            1 => (None, 8),
            5 => (None, 4),
            2 => match varint(after) {
                Some((length, after)) => {
                    rest = after;
                    (Some(key >> 3), length)
                }
                None => return,
            },
            _ => return,
        };
        if number.is_none() {
            rest = after;
        }
        let Some((value, after)) =
            usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length))
        else {
            return;
        };
        if let Some(number) = number {
            visit(number, value);
        }
        rest = after;
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        let shift = u32::try_from(index).ok()?.checked_mul(7)?;
        value |= u64::from(byte & 127).checked_shl(shift)?;
        if byte & 128 == 0 {
            return Some((value, bytes.get(index.checked_add(1)?..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{PlanMessage, read};

    #[test]
    fn workspace_and_time_are_found_among_other_fields() {
        let mut bytes = vec![0x08, 0x03, 0x1a, 0x02, 0x42, 0x00];
        bytes.extend([0x6a, 14]);
        bytes.extend(b"\x0a\x05local\x1a\x05stage");
        bytes.extend([0xaa, 0x01, 20]);
        bytes.extend(b"2026-11-22T21:52:00Z");
        bytes.extend([0x1a, 21]);
        bytes.extend(b"\x42\x0dprovider[\"a\"]");
        bytes.extend(b"\x6a\x04ab.c");
        let expected = PlanMessage {
            workspace: Some("stage".into()),
            timestamp: Some("2026-11-22T21:52:00Z".into()),
            providers: [("ab.c".into(), "provider[\"a\"]".into())].into(),
        };
        assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn garbage_says_nothing() {
        for bytes in [&b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"\x6a\x7f\x00", b"", b"\x07"] {
            assert_eq!(read(bytes), PlanMessage::default());
        }
    }
}
