//! A JSON document that is read through one window of memory: values are skipped, or cut out one at a time.

use std::borrow::Cow;
use std::io::Read;

use super::cursor::{Cursor, Misshapen};
use super::error::PlanError;
use super::scan::{Flaw, Scanner};

/// How much is read at a time: it stays in the processor's second-level cache.
const CHUNK: usize = 256 * 1024;

/// The document.
pub(super) struct Stream<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    /// Where the part ends that is known to be UTF-8.
    end: usize,
    /// Where the bytes end that were read; up to three of them may begin a character that is not whole yet.
    filled: usize,
    /// The position of the buffer's first byte in the document.
    base: u64,
    at_end: bool,
    /// Whether something follows the window that is not UTF-8.
    is_broken: bool,
}

impl<R: Read> Stream<R> {
    /// A document that begins with the first byte of `source`.
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            filled: 0,
            base: 0,
            at_end: false,
            is_broken: false,
        }
    }

    /// The position of the next byte in the document.
    pub(super) fn position(&self) -> u64 {
        self.base.saturating_add(u64::try_from(self.start).unwrap_or(u64::MAX))
    }

    /// What has been read and not been consumed yet.
    pub(super) fn window(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads more behind the window; `false` at the end of the document.
    pub(super) fn fill(&mut self) -> Result<bool, PlanError> {
        if self.is_broken {
            let at = self.base.saturating_add(u64::try_from(self.end).unwrap_or(u64::MAX));
            return Err(PlanError::Syntax { at, what: "this is no UTF-8" });
        }
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 && self.room() < CHUNK / 4 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.base = self.position();
            self.end = self.end.saturating_sub(self.start);
            self.filled = self.filled.saturating_sub(self.start);
            self.start = 0;
        }
        if self.room() < CHUNK / 4 {
            let length = self.buffer.len().saturating_mul(2).max(CHUNK);
            self.buffer.resize(length, 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let count = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.filled = self.filled.saturating_add(count);
        self.at_end = count == 0;
        self.check_utf8();
        Ok(!self.at_end || self.is_broken)
    }

    fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.filled)
    }

    /// Reads until the window is well filled; `false` if the document ends before.
    pub(super) fn fill_window(&mut self) -> Result<bool, PlanError> {
        while self.filled < CHUNK / 2 {
            // What is wrong with the text comes to light again where it is read.
            match self.fill() {
                Ok(true) => {}
                Ok(false) | Err(PlanError::Syntax { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Moves the end of the window over what is UTF-8.
    fn check_utf8(&mut self) {
        let fresh = self.buffer.get(self.end..self.filled).unwrap_or_default();
        let valid = match std::str::from_utf8(fresh) {
            Ok(text) => text.len(),
            Err(error) => {
                // A character may go on in what is read next.
                self.is_broken = error.error_len().is_some() || self.at_end;
                error.valid_up_to()
            }
        };
        self.end = self.end.saturating_add(valid);
    }

    /// Drops `count` bytes from the front of the window.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }

    /// The next byte that is not white space, which is not consumed; `None` at the end of the document.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, PlanError> {
        loop {
            let window = self.window();
            let found = window.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'));
            if let Some(at) = found {
                let byte = window.get(at).copied();
                self.consume(at);
                return Ok(byte);
            }
            self.consume(window.len());
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Skips the rest of a line; `false` if the document ends with it, or the line goes on beyond `limit`.
    pub(super) fn skip_line(&mut self, limit: u64) -> Result<bool, PlanError> {
        while self.position() <= limit {
            if let Some(at) = memchr::memchr(b'\n', self.window()) {
                self.consume(at.saturating_add(1));
                return Ok(true);
            }
            self.consume(self.window().len());
            if !self.fill()? {
                break;
            }
        }
        Ok(false)
    }

    /// Consumes `byte` if it comes next.
    fn take(&mut self, byte: u8) -> Result<bool, PlanError> {
        match self.peek()? {
            Some(next) if next == byte => {
                self.consume(1);
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(self.truncated()),
        }
    }

    /// Goes into an object; `false`, with nothing consumed, if something else comes next.
    pub(super) fn enter_object(&mut self) -> Result<bool, PlanError> {
        self.take(b'{')
    }

    /// Goes into an array; `false`, with nothing consumed, if something else comes next.
    pub(super) fn enter_array(&mut self) -> Result<bool, PlanError> {
        self.take(b'[')
    }

    /// The next key of an object that was entered; `None` at its end. `first` must be true before the first call.
    pub(super) fn next_key(&mut self, first: &mut bool) -> Result<Option<String>, PlanError> {
        if !self.next_item(first, b'}', "a comma or a closing brace belongs here")? {
            return Ok(None);
        }
        if self.peek()? != Some(b'"') {
            return Err(self.unexpected("a key belongs here"));
        }
        let at = self.position();
        let key = Cursor::new(self.cut()?).string().and_then(|raw| raw.decode().map(Cow::into_owned));
        let key = key.map_err(|Misshapen| PlanError::Syntax { at, what: "this is no key" })?;
        if !self.take(b':')? {
            return Err(self.unexpected("a colon belongs here"));
        }
        Ok(Some(key))
    }

    /// Goes to the next element of an array that was entered; `false` at its end. `first` must be true before the
    /// first call.
    pub(super) fn next_element(&mut self, first: &mut bool) -> Result<bool, PlanError> {
        self.next_item(first, b']', "a comma or a closing bracket belongs here")
    }

    fn next_item(&mut self, first: &mut bool, close: u8, wanted: &'static str) -> Result<bool, PlanError> {
        if std::mem::take(first) {
            return Ok(!self.take(close)?);
        }
        if self.take(close)? {
            return Ok(false);
        }
        if !self.take(b',')? {
            return Err(self.unexpected(wanted));
        }
        if self.peek()? == Some(close) {
            return Err(self.unexpected("a value belongs after the comma"));
        }
        Ok(true)
    }

    /// Skips one value.
    pub(super) fn skip(&mut self) -> Result<(), PlanError> {
        let mut scanner = Scanner::new();
        loop {
            match scanner.feed(self.window()) {
                Ok(Some(count)) => {
                    self.consume(count);
                    return Ok(());
                }
                Ok(None) => self.consume(self.window().len()),
                Err(flaw) => return Err(self.flaw(0, flaw)),
            }
            if !self.fill()? {
                return if scanner.may_end() { Ok(()) } else { Err(self.truncated()) };
            }
        }
    }

    /// Cuts one value out and consumes it. The bytes are UTF-8 and one JSON value, without white space around it.
    pub(super) fn cut(&mut self) -> Result<&[u8], PlanError> {
        self.peek()?;
        let mut scanner = Scanner::new();
        let mut looked_at = 0usize;
        let length = loop {
            match scanner.feed(self.window().get(looked_at..).unwrap_or_default()) {
                Ok(Some(count)) => break looked_at.saturating_add(count),
                Ok(None) => looked_at = self.window().len(),
                Err(flaw) => return Err(self.flaw(looked_at, flaw)),
            }
            if !self.fill()? {
                if scanner.may_end() {
                    break looked_at;
                }
                return Err(self.truncated());
            }
        };
        let from = self.start;
        self.consume(length);
        Ok(self.buffer.get(from..self.start).unwrap_or_default())
    }

    fn flaw(&mut self, looked_at: usize, flaw: Flaw) -> PlanError {
        let (at, what) = match flaw {
            Flaw::Unexpected(at) => (at, "this character cannot stand here"),
            Flaw::TooDeep(at) => (at, "the nesting is too deep"),
        };
        self.consume(looked_at.saturating_add(at));
        self.syntax(what)
    }

    /// An error at the next byte: the document is cut off, or `what`.
    pub(super) fn unexpected(&mut self, what: &'static str) -> PlanError {
        match self.peek() {
            Ok(None) => self.truncated(),
            Ok(Some(_)) => self.syntax(what),
            Err(error) => error,
        }
    }

    fn syntax(&self, what: &'static str) -> PlanError {
        PlanError::Syntax { at: self.position(), what }
    }

    /// The document ends too early.
    pub(super) fn truncated(&self) -> PlanError {
        let end = u64::try_from(self.filled).unwrap_or(u64::MAX);
        PlanError::Truncated { at: self.base.saturating_add(end) }
    }
}
