//! A place for bytes that may be asked for again, where the input itself can be read only once.

use std::fs::File;
use std::io::Write;

/// How much stays in memory; more goes to a temporary file.
const IN_MEMORY: usize = 4 << 20;

/// Bytes put away one after the other.
#[derive(Default)]
pub(super) struct Spool {
    /// What is not in the file yet.
    tail: Vec<u8>,
    file: Option<File>,
    /// How much is in the file.
    written: u64,
    /// Whether the file could not be written: then nothing is kept.
    is_lost: bool,
}

/// What was put away.
pub(super) enum Spooled {
    Memory(Vec<u8>),
    File(File),
    Lost,
}

impl Spool {
    /// Puts bytes away; where they begin.
    pub(super) fn push(&mut self, bytes: &[u8]) -> u64 {
        let at = self.written.saturating_add(u64::try_from(self.tail.len()).unwrap_or(u64::MAX));
        if !self.is_lost {
            self.tail.extend_from_slice(bytes);
            if self.tail.len() >= IN_MEMORY {
                self.is_lost = self.write().is_err();
            }
        }
        at
    }

    fn write(&mut self) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.tail)?;
        self.written = self.written.saturating_add(u64::try_from(self.tail.len()).unwrap_or(u64::MAX));
        self.tail.clear();
        Ok(())
    }

    /// Everything that was put away.
    pub(super) fn finish(mut self) -> Spooled {
        if self.file.is_some() && !self.is_lost {
            self.is_lost = self.write().is_err();
        }
        match self.file {
            _ if self.is_lost => Spooled::Lost,
            Some(file) => Spooled::File(file),
            None => Spooled::Memory(self.tail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_MEMORY, Spool, Spooled};
    use std::io::{Read, Seek};

    #[test]
    fn little_stays_in_memory_and_much_goes_to_a_file() {
        let mut spool = Spool::default();
        assert_eq!((spool.push(b"ab"), spool.push(b"c")), (0, 2));
        assert!(matches!(spool.finish(), Spooled::Memory(bytes) if bytes == b"abc"));

        let mut spool = Spool::default();
        let large = vec![7; IN_MEMORY];
        assert_eq!((spool.push(b"ab"), spool.push(&large)), (0, 2));
        assert_eq!(spool.push(b"cd"), 2 + IN_MEMORY as u64);
        let Spooled::File(mut file) = spool.finish() else { panic!() };
        let mut all = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut all).unwrap();
        assert_eq!(all, [b"ab", large.as_slice(), b"cd"].concat());
    }
}
