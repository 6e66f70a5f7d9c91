//! Address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Fault, Invocation, Outcome};
use crate::source::value::Value;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "cidrhost" => host(f),
        "cidrnetmask" => f.of_known(netmask),
        "cidrsubnet" => subnet(f),
        "cidrsubnets" => subnets(f),
        _ => return None,
    })
}

/// An address range.
#[derive(Clone, Copy)]
struct Range {
    /// The first address, as a number.
    base: u128,
    /// How many leading bits are fixed.
    prefix: u32,
    /// How many bits an address has.
    width: u32,
}

impl Range {
    fn parse(text: &str) -> Outcome<Self> {
        let invalid = || Fault::invalid("not an address range");
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let prefix: u32 = prefix.parse().map_err(|_| invalid())?;
        // Terraform still takes octets with leading zeros.
        let plain: Vec<&str> = address
            .split('.')
            .map(|part| if part.len() > 1 { part.trim_start_matches('0') } else { part })
            .collect();
        let plain = if address.contains(':') {
            address.to_owned()
        } else {
            plain.iter().map(|part| if part.is_empty() { "0" } else { part }).collect::<Vec<_>>().join(".")
        };
        let (bits, width) = match plain.parse().map_err(|_| invalid())? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        if prefix > width {
            return Err(invalid());
        }
        let range = Self { base: 0, prefix, width };
        Ok(Self { base: bits & !range.host_mask(), ..range })
    }

    fn host_mask(self) -> u128 {
        mask(self.width.saturating_sub(self.prefix))
    }

    fn address(self, bits: u128) -> String {
        match u32::try_from(bits) {
            Ok(bits) if self.width == 32 => Ipv4Addr::from(bits).to_string(),
            _ => Ipv6Addr::from(bits).to_string(),
        }
    }

    /// The subnet `number` of those with `more` bits more.
    fn subnet(self, more: u32, number: u128) -> Outcome<Self> {
        let prefix = self.prefix.checked_add(more).filter(|prefix| *prefix <= self.width);
        let prefix = prefix.ok_or_else(|| Fault::invalid("the address range has not that many bits"))?;
        if number > mask(more) {
            return Err(Fault::invalid("the address range has not that many subnets"));
        }
        let shift = self.width.saturating_sub(prefix);
        let offset = number.checked_shl(shift).unwrap_or_default();
        Ok(Self { base: self.base | offset, prefix, width: self.width })
    }

    fn text(self) -> String {
        format!("{}/{}", self.address(self.base), self.prefix)
    }
}

/// As many ones as `bits`.
fn mask(bits: u32) -> u128 {
    u128::MAX.checked_shr(128u32.saturating_sub(bits)).unwrap_or_default()
}

fn netmask(text: &str) -> Outcome<String> {
    let range = Range::parse(text)?;
    if range.width != 32 {
        return Err(Fault::invalid("cidrnetmask needs an IPv4 range"));
    }
    Ok(range.address(mask(32) & !range.host_mask()))
}

fn host(f: &Invocation<'_, '_>) -> Outcome {
    let number = f.number(1)?;
    let (text, Some(number)) = (f.text(0)?, number) else { return Ok(f.unknown_text()) };
    let Some(known) = text.as_known() else { return Ok(f.unknown_text()) };
    let range = Range::parse(known)?;
    let number = number.as_integer().ok_or_else(|| Fault::invalid("cidrhost needs a whole number"))?;
    let most = range.host_mask();
    let within = if number < 0 {
        // Counted from the end.
        most.checked_sub(number.unsigned_abs().saturating_sub(1))
    } else {
        Some(number.unsigned_abs()).filter(|number| *number <= most)
    };
    let within = within.ok_or_else(|| Fault::invalid("the address range has not that many hosts"))?;
    Ok(Value::string(range.address(range.base | within)).mark(text.is_sensitive()))
}

fn subnet(f: &Invocation<'_, '_>) -> Outcome {
    let (text, more, number) = (f.text(0)?, f.number(1)?, f.number(2)?);
    let (Some(known), Some(more), Some(number)) = (text.as_known(), more, number) else {
        return Ok(f.unknown_text());
    };
    let more = more.as_index().and_then(|more| u32::try_from(more).ok());
    let number = number.as_integer().and_then(|number| u128::try_from(number).ok());
    let (Some(more), Some(number)) = (more, number) else {
        return Err(Fault::invalid("cidrsubnet needs whole numbers"));
    };
    Ok(Value::string(Range::parse(known)?.subnet(more, number)?.text()).mark(text.is_sensitive()))
}

fn subnets(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    let Some(known) = text.as_known() else { return Ok(f.unknown_list()) };
    let range = Range::parse(known)?;
    let mut next = range.base;
    let mut result = Vec::new();
    let full = || Fault::invalid("the address range has no room for that many subnets");
    for index in 1..f.arguments.len() {
        let Some(more) = f.number(index)? else { return Ok(f.unknown_list()) };
        let more = more.as_index().and_then(|more| u32::try_from(more).ok()).ok_or_else(full)?;
        let sized = range.subnet(more, 0)?;
        let size = sized.host_mask();
        // The next address at which a range of this size can begin.
        let base = next.checked_add(size).map(|end| end & !size).ok_or_else(full)?;
        if base & !range.host_mask() != range.base {
            return Err(full());
        }
        result.push(Value::string(Range { base, ..sized }.text()));
        next = base.checked_add(size).and_then(|last| last.checked_add(1)).unwrap_or(u128::MAX);
    }
    Ok(Value::list(result))
}
