//! IP addresses and ranges of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address as a number, IPv4 before IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::iam) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        Some(match text.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(address.to_bits()),
        })
    }

    /// The address after this one, of the same version.
    pub(in crate::iam) fn next(self) -> Option<Self> {
        match self {
            Self::V4(bits) => bits.checked_add(1).map(Self::V4),
            Self::V6(bits) => bits.checked_add(1).map(Self::V6),
        }
    }

    /// The address before this one, of the same version.
    pub(in crate::iam) fn previous(self) -> Option<Self> {
        match self {
            Self::V4(bits) => bits.checked_sub(1).map(Self::V4),
            Self::V6(bits) => bits.checked_sub(1).map(Self::V6),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::V4(bits) => Ipv4Addr::from_bits(bits).fmt(f),
            Self::V6(bits) => Ipv6Addr::from_bits(bits).fmt(f),
        }
    }
}

/// A range of addresses, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::iam) struct Range {
    pub(in crate::iam) first: Address,
    pub(in crate::iam) last: Address,
}

impl Range {
    /// Reads an address, or a range in CIDR notation. Bits behind the prefix do not count.
    pub(in crate::iam) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => {
                let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
                (address, Some(digits.then(|| length.parse::<u32>().ok())??))
            }
            None => (text, None),
        };
        match Address::parse(address)? {
            Address::V4(bits) => {
                let host = 32u32.checked_sub(length.unwrap_or(32))?;
                let mask = u32::MAX.checked_shl(host).unwrap_or(0);
                Some(Self { first: Address::V4(bits & mask), last: Address::V4(bits | !mask) })
            }
            Address::V6(bits) => {
                let host = 128u32.checked_sub(length.unwrap_or(128))?;
                let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                Some(Self { first: Address::V6(bits & mask), last: Address::V6(bits | !mask) })
            }
        }
    }

    pub(in crate::iam) fn contains(self, address: Address) -> bool {
        // The versions never mix: both ends are of one version, and all of IPv4 is less than any of IPv6.
        self.first <= address && address <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Range};

    fn contains(range: &str, address: &str) -> bool {
        Range::parse(range).unwrap().contains(Address::parse(address).unwrap())
    }

    #[test]
    fn ranges_contain_what_they_should() {
        assert!(contains("0.0.0.0/0", "203.0.113.7"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1"));
        assert!(!contains("::/0", "10.0.0.1"));
        assert!(contains("10.20.30.40/31", "10.20.30.41"));
        assert!(!contains("10.20.30.40/31", "10.20.30.42"));
        assert!(contains("10.9.9.9/8", "10.0.0.0"));
        assert!(contains("203.0.113.7", "203.0.113.7"));
        assert!(contains("2001:DB8:0:0::/32", "2001:db8:ffff::"));
        assert!(contains("2001:db8::1", "2001:0DB8:0000::0001"));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in
            ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "::/129", "office", "010.0.0.1"]
        {
            assert!(Range::parse(text).is_none(), "{text}");
        }
    }
}
