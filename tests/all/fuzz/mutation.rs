//! Changes of what is known to be valid, from a seed.

/// Pieces that turn up in policies, plans and configurations.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "null",
    "true",
    "-1",
    "1e9",
    "*",
    "?",
    "${",
    "}",
    "${aws:username}",
    "⟨a⟩",
    "⟨ab⟩",
    "⟨abc⟩",
    "⟨",
    "IfExists",
    "ForAnyValue:",
    "ForAllValues:",
    "StringLike",
    "NotIpAddress",
    "DateEquals",
    "Null",
    "Bool",
    "NumericEquals",
    "ArnLike",
    "BinaryEquals",
    "Effect",
    "Deny",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Principal",
    "Version",
    "2012-10-17",
    "arn:aws:mq:",
    "aws:SourceIp",
    "aws:CurrentTime",
    "::",
    "/",
    "'",
    "\u{fffd}",
    "\n",
    "************?",
    "*a*a*a*a*a*a*a*a*b",
    "0.0.0.0/0",
    "\\ud83d",
    "é",
    "[[[[[[[[",
];

/// A source of numbers.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn seed<'a>(&mut self, seeds: &'a [Vec<u8>]) -> &'a [u8] {
        seeds.get(self.below(seeds.len())).map(Vec::as_slice).unwrap_or_default()
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}

/// One of the seeds, changed in a few places.
pub(super) fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.seed(seeds).to_vec();
    for _ in 0..=random.below(12) {
        let at = random.below(bytes.len().saturating_add(1));
        match random.below(6) {
            0 => drop(bytes.splice(at..at, random.pick(WORDS).bytes())),
            1 => {
                let end = at.saturating_add(random.below(24)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            3 => {
                let end = at.saturating_add(random.below(200)).min(bytes.len());
                let copied: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = random.below(bytes.len().saturating_add(1));
                bytes.splice(to..to, copied);
            }
            4 => {
                let end = at.saturating_add(random.below(12)).min(bytes.len());
                bytes.splice(at..end, random.pick(WORDS).bytes());
            }
            _ => {
                let other = random.seed(seeds);
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
        }
    }
    bytes
}
