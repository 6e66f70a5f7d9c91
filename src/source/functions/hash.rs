//! Hashes of what is known.

use std::fmt::Write;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encoding::to_base64;
use super::{Fault, Invocation, Outcome, file};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    let text = |hash: fn(&[u8]) -> String| f.of_known(|text| Ok(hash(text.as_bytes())));
    let of_file = |hash: fn(&[u8]) -> String| file::bytes_of(f, hash);
    Some(match f.name {
        "md5" => text(hex::<Md5>),
        "sha1" => text(hex::<Sha1>),
        "sha256" => text(hex::<Sha256>),
        "sha512" => text(hex::<Sha512>),
        "base64sha256" => text(base64::<Sha256>),
        "base64sha512" => text(base64::<Sha512>),
        "filemd5" => of_file(hex::<Md5>),
        "filesha1" => of_file(hex::<Sha1>),
        "filesha256" => of_file(hex::<Sha256>),
        "filesha512" => of_file(hex::<Sha512>),
        "filebase64sha256" => of_file(base64::<Sha256>),
        "filebase64sha512" => of_file(base64::<Sha512>),
        "uuidv5" => uuidv5(f),
        "uuid" | "bcrypt" | "rsadecrypt" => Ok(f.unknown_text()),
        _ => return None,
    })
}

fn hex<D: Digest>(bytes: &[u8]) -> String {
    hex_digits(D::digest(bytes).as_slice())
}

fn base64<D: Digest>(bytes: &[u8]) -> String {
    to_base64(D::digest(bytes).as_slice())
}

fn hex_digits(bytes: &[u8]) -> String {
    let mut result = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(result, "{byte:02x}");
    }
    result
}

/// The namespaces that have a name (RFC 4122, appendix C).
fn namespace(name: &str) -> Option<u128> {
    Some(match name {
        "dns" => 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8,
        "url" => 0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8,
        "oid" => 0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8,
        "x500" => 0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8,
        _ => {
            let digits: String = name.chars().filter(|c| *c != '-').collect();
            return (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok()).flatten();
        }
    })
}

fn uuidv5(f: &Invocation<'_, '_>) -> Outcome {
    let name = f.text(1)?;
    let Some(name) = name.as_known() else { return Ok(f.unknown_text()) };
    f.of_known(|space| {
        let space = namespace(space).ok_or_else(|| Fault::invalid("uuidv5 needs a namespace"))?;
        let mut hash = Sha1::new();
        hash.update(space.to_be_bytes());
        hash.update(name.as_bytes());
        let mut bits = 0u128;
        for byte in hash.finalize().iter().take(16) {
            bits = bits << 8 | u128::from(*byte);
        }
        // Version 5, variant 1.
        let bits = bits & !(0xf000_u128 << 64) | 0x5000_u128 << 64;
        let bits = bits & !(0xc_u128 << 60) | 0x8_u128 << 60;
        let digits = format!("{bits:032x}");
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        Ok([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
    })
}
