//! The policies that AWS manages, embedded: names in a sorted index, documents compressed in small groups.
//!
//! Nothing is read at start; a look-up searches the index and inflates one group. `scripts/managed_policies.py` builds
//! the data, says where it comes from, and describes its form.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::arn::Arn;

static DATA: &[u8] = include_bytes!("data/managed_policies.bin");

/// The day of the newest policy of the set.
pub const DATE: &str = "2026-09-30";

const HEADER: usize = 34;
const POLICY: usize = 16;
const FRAME: usize = 8;

/// A policy that AWS manages, as it was on [`DATE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// The name with its path, as in the ARN after `policy/`: `job-function/ViewOnlyAccess`.
    pub name: &'static str,
    /// The default version, such as `v46`.
    pub version: String,
    /// The document of that version, JSON.
    pub document: String,
}

/// The policy with this ARN, in any partition (`arn:aws-cn:iam::aws:policy/ReadOnlyAccess`). `None` where the set has
/// no such policy.
///
/// The documents are those of the partition `aws`; in others AWS may offer less, or another version.
pub fn get(arn: &str) -> Option<ManagedPolicy> {
    by_name(name_in(arn)?)
}

/// The policy with this name, with its path: `job-function/ViewOnlyAccess`.
pub fn by_name(name: &str) -> Option<ManagedPolicy> {
    let set = Set::open()?;
    let mut first = 0u32;
    let mut last = set.policies;
    while first < last {
        let middle = first.midpoint(last);
        let candidate = set.name(middle)?;
        match candidate.as_bytes().cmp(name.as_bytes()) {
            std::cmp::Ordering::Less => first = middle.checked_add(1)?,
            std::cmp::Ordering::Greater => last = middle,
            std::cmp::Ordering::Equal => return set.policy(middle),
        }
    }
    None
}

/// Whether this is the form of the ARN of a policy that AWS manages, whether or not the set has it.
pub fn is_managed_by_aws(arn: &str) -> bool {
    name_in(arn).is_some()
}

/// The number of policies in the set.
pub fn len() -> usize {
    Set::open().and_then(|set| usize::try_from(set.policies).ok()).unwrap_or(0)
}

/// The names with their paths, sorted by their bytes.
pub fn iter_names() -> impl Iterator<Item = &'static str> {
    Set::open().into_iter().flat_map(|set| (0..set.policies).filter_map(move |index| set.name(index)))
}

pub(super) fn name_in(arn: &str) -> Option<&str> {
    let arn = Arn::parse(arn)?;
    let managed = arn.service == "iam" && arn.region.is_empty() && arn.account == "aws";
    if managed { arn.resource.strip_prefix("policy/") } else { None }
}

/// The sections of the data, each checked to be there.
#[derive(Clone, Copy)]
struct Set {
    policies: u32,
    records: &'static [u8],
    frame_records: &'static [u8],
    names: &'static [u8],
    dictionary: &'static [u8],
    frames: &'static [u8],
}

impl Set {
    fn open() -> Option<Self> {
        let (header, rest) = DATA.split_at_checked(HEADER)?;
        let policies = u32_at(header, 18)?;
        let (records, rest) = rest.split_at_checked(size(policies)?.checked_mul(POLICY)?)?;
        let (frame_records, rest) = rest.split_at_checked(size(u32_at(header, 22)?)?.checked_mul(FRAME)?)?;
        let (names, rest) = rest.split_at_checked(size(u32_at(header, 26)?)?)?;
        let (dictionary, frames) = rest.split_at_checked(size(u32_at(header, 30)?)?)?;
        Some(Self { policies, records, frame_records, names, dictionary, frames })
    }

    fn record(self, index: u32) -> Option<&'static [u8]> {
        let start = size(index)?.checked_mul(POLICY)?;
        self.records.get(start..start.checked_add(POLICY)?)
    }

    fn name(self, index: u32) -> Option<&'static str> {
        let start = match index.checked_sub(1) {
            Some(before) => u32_at(self.record(before)?, 0)?,
            None => 0,
        };
        let end = u32_at(self.record(index)?, 0)?;
        std::str::from_utf8(self.names.get(size(start)?..size(end)?)?).ok()
    }

    fn policy(self, index: u32) -> Option<ManagedPolicy> {
        let record = self.record(index)?;
        let group = self.group(u16_at(record, 6)?)?;
        let document = group.get(size(u32_at(record, 8)?)?..size(u32_at(record, 12)?)?)?;
        Some(ManagedPolicy {
            name: self.name(index)?,
            version: format!("v{}", u16_at(record, 4)?),
            document: std::str::from_utf8(document).ok()?.to_owned(),
        })
    }

    /// Inflates a group of documents. The dictionary stands in the output before it, as the window.
    fn group(self, index: u16) -> Option<Vec<u8>> {
        let at = usize::from(index).checked_mul(FRAME)?;
        let start = match at.checked_sub(FRAME) {
            Some(before) => u32_at(self.frame_records, before)?,
            None => 0,
        };
        let end = u32_at(self.frame_records, at)?;
        let len = size(u32_at(self.frame_records, at.checked_add(4)?)?)?;
        let frame = self.frames.get(size(start)?..size(end)?)?;
        let window = self.dictionary.len();
        let mut out = Vec::with_capacity(window.checked_add(len)?);
        out.extend_from_slice(self.dictionary);
        out.resize(window.checked_add(len)?, 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, _, written) = decompress(&mut DecompressorOxide::new(), frame, &mut out, window, flags);
        if status != TINFLStatus::Done || written != len {
            return None;
        }
        out.drain(..window);
        Some(out)
    }
}

fn size(value: u32) -> Option<usize> {
    usize::try_from(value).ok()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{DATA, DATE, by_name, get, is_managed_by_aws, iter_names, len};

    #[test]
    fn the_set_is_whole_and_every_document_is_a_policy() {
        assert_eq!(len(), 1582);
        assert_eq!(&DATA[8..18], DATE.as_bytes());
        let names: Vec<_> = iter_names().collect();
        assert_eq!(names.len(), 1582);
        assert!(names.is_sorted());
        for name in names {
            let policy = by_name(name).unwrap();
            assert_eq!(policy.name, name);
            let document: serde_json::Value = serde_json::from_str(&policy.document).unwrap();
            assert!(document["Statement"].is_array() || document["Statement"].is_object(), "{name}");
        }
    }

    #[test]
    fn partitions_share_the_set_and_paths_are_part_of_the_name() {
        let policy = get("arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess").unwrap();
        assert_eq!((policy.name, policy.version.as_str()), ("job-function/ViewOnlyAccess", "v46"));
        assert_eq!(get("arn:aws:iam::aws:policy/ViewOnlyAccess"), None);
        assert_eq!(get("arn:aws:iam::123456789012:policy/AmazonMQFullAccess"), None);
        assert!(is_managed_by_aws("arn:aws:iam::aws:policy/NoSuchPolicy"));
        assert_eq!(get("arn:aws:iam::aws:policy/NoSuchPolicy"), None);
        assert_eq!(get("AdministratorAccess"), None);
    }

    #[test]
    fn administrators_may_do_everything() {
        let policy = get("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
        let document: serde_json::Value = serde_json::from_str(&policy.document).unwrap();
        assert_eq!(document["Statement"][0]["Action"], "*");
        assert_eq!(document["Statement"][0]["Resource"], "*");
    }
}
