//! Where a plan comes from, and its way to UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;

use super::error::PlanError;

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// How much UTF-16 is decoded at a time, in bytes.
const UTF16_CHUNK: usize = 64 * 1024;

/// A source of UTF-8 that begins after any byte-order mark.
pub(super) struct Source<'r> {
    /// Bytes read ahead to look at them, and how many of them have been passed on.
    ahead: (Vec<u8>, usize),
    reader: Box<dyn Read + Send + 'r>,
    utf16: Option<Utf16>,
    /// The file itself, where positions in the text are positions in the file but for the byte-order mark.
    file: Option<(File, u64)>,
}

impl<'r> Source<'r> {
    /// Opens the input.
    pub(super) fn open(input: Input) -> Result<Source<'static>, PlanError> {
        match input {
            Input::Stdin => {
                // As a file: without another buffer, and it may be one.
                let (file, again) = standard_input().and_then(again)?;
                Source::new(file, again)
            }
            Input::File(path) => match File::open(&path).and_then(again) {
                Ok((file, again)) => Source::new(file, again),
                Err(source) => Err(PlanError::Open { path, source }),
            },
        }
    }

    /// Looks at the first bytes of `reader`. `file` is the same as a regular file, if it is one, and where its text
    /// begins.
    pub(super) fn new(reader: impl Read + Send + 'r, file: Option<(File, u64)>) -> Result<Self, PlanError> {
        let mut reader: Box<dyn Read + Send + 'r> = Box::new(reader);
        let mut ahead = Vec::new();
        Read::by_ref(&mut reader).take(4).read_to_end(&mut ahead)?;
        let (mark, utf16) = match ahead.as_slice() {
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => return Err(PlanError::SavedPlan),
            [0xEF, 0xBB, 0xBF, ..] => (3, None),
            [0xFF, 0xFE, ..] => (2, Some(u16::from_le_bytes as fn([u8; 2]) -> u16)),
            [0xFE, 0xFF, ..] => (2, Some(u16::from_be_bytes as fn([u8; 2]) -> u16)),
            [b'{', 0, ..] => (0, Some(u16::from_le_bytes as fn([u8; 2]) -> u16)),
            [0, b'{', ..] => (0, Some(u16::from_be_bytes as fn([u8; 2]) -> u16)),
            _ => (0, None),
        };
        let file = file.filter(|_| utf16.is_none());
        let utf16 = utf16.map(Utf16::new);
        let base = u64::try_from(mark).unwrap_or_default();
        let file = file.map(|(file, from)| (file, from.saturating_add(base)));
        Ok(Self { ahead: (ahead, mark), reader, utf16, file })
    }

    /// Whether the text can be read again.
    pub(super) fn is_lasting(&self) -> bool {
        self.file.is_some()
    }

    /// The file that the text can be read from again, and where it begins there.
    pub(super) fn into_file(self) -> Option<(File, u64)> {
        self.file
    }

    fn read_bytes(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (ahead, given) = &mut self.ahead;
        let mut rest = ahead.get(*given..).unwrap_or_default();
        if rest.is_empty() {
            return self.reader.read(buffer);
        }
        let count = rest.read(buffer)?;
        *given = given.saturating_add(count);
        Ok(count)
    }
}

#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// A file, with itself once more and its position where it is a regular one.
fn again(mut file: File) -> io::Result<(File, Option<(File, u64)>)> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let again = if metadata.is_file() { Some((file.try_clone()?, file.stream_position()?)) } else { None };
    Ok((file, again))
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.utf16.take() {
            None => self.read_bytes(buffer),
            Some(mut utf16) => {
                let count = utf16.read(self, buffer);
                self.utf16 = Some(utf16);
                count
            }
        }
    }
}

/// Decodes UTF-16.
struct Utf16 {
    unit: fn([u8; 2]) -> u16,
    /// Room for what is read.
    raw: Box<[u8]>,
    /// How many bytes at its front are not decoded yet: half a character at most, between two reads.
    held: usize,
    /// Decoded text, and how much of it has been passed on.
    text: Vec<u8>,
    given: usize,
}

impl Utf16 {
    fn new(unit: fn([u8; 2]) -> u16) -> Self {
        Self { unit, raw: vec![0; UTF16_CHUNK].into(), held: 0, text: Vec::new(), given: 0 }
    }

    fn read(&mut self, source: &mut Source<'_>, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.text.len() {
            let count = source.read_bytes(self.raw.get_mut(self.held..).unwrap_or_default())?;
            if count == 0 && self.held == 0 {
                return Ok(0);
            }
            if count == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "its UTF-16 ends in half a character",
                ));
            }
            self.decode(self.held.saturating_add(count))?;
        }
        let count = self.text.get(self.given..).unwrap_or_default().read(buffer)?;
        self.given = self.given.saturating_add(count);
        Ok(count)
    }

    /// Decodes the first `filled` bytes, and moves what is not whole to the front.
    fn decode(&mut self, filled: usize) -> io::Result<()> {
        let (pairs, odd) = self.raw.get(..filled).unwrap_or_default().as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| (self.unit)(*pair)).collect();
        let mut held = odd.len();
        // A first half of a pair waits for its second.
        if units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
            held = held.saturating_add(2);
        }
        self.text.clear();
        self.given = 0;
        for c in char::decode_utf16(units) {
            let c = c.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-16"))?;
            self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.raw.copy_within(filled.saturating_sub(held)..filled, 0);
        self.held = held;
        Ok(())
    }
}
