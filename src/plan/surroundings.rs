//! What stands around the one JSON object: nothing, or the text of a wrapper around Terraform.
//!
//! The wrapper of GitHub's `setup-terraform` prints `[command]…` before the JSON and `::set-output…` after it.

use std::io::Read;

use super::error::PlanError;
use super::stream::Stream;

/// How much text before the JSON is skipped at most.
const MAX_TEXT: u64 = 1 << 20;

/// Goes to the plan's object and into it. Whether text was skipped.
pub(super) fn begin<R: Read>(stream: &mut Stream<R>) -> Result<bool, PlanError> {
    let mut skipped = false;
    let mut looks_like = PlanError::NotJson;
    loop {
        match stream.peek() {
            Ok(Some(b'{')) => {
                stream.enter_object()?;
                return Ok(skipped);
            }
            Ok(Some(byte)) => {
                if !skipped {
                    looks_like = what_begins_with(byte, stream);
                }
                skipped = true;
                if !stream.skip_line(MAX_TEXT).unwrap_or(false) {
                    return Err(looks_like);
                }
                if matches!(looks_like, PlanError::NotAPlan(_)) {
                    return Err(looks_like);
                }
            }
            Ok(None) if skipped => return Err(looks_like),
            Ok(None) => return Err(PlanError::Empty),
            // What is not even text is no JSON with a mistake in it.
            Err(PlanError::Syntax { .. }) => return Err(looks_like),
            Err(error) => return Err(error),
        }
    }
}

/// What the input is if no object follows.
fn what_begins_with<R: Read>(byte: u8, stream: &Stream<R>) -> PlanError {
    let next = stream.window().get(1).copied();
    match (byte, next) {
        (b'[', Some(b'a'..=b'z' | b'A'..=b'Z')) => PlanError::NotJson,
        (b'[', _) => PlanError::NotAPlan("it is a list"),
        (b'"', _) => PlanError::NotAPlan("it is a text"),
        _ => PlanError::NotJson,
    }
}

/// Looks at what follows the plan's object. Whether there is such text.
pub(super) fn end<R: Read>(stream: &mut Stream<R>) -> Result<bool, PlanError> {
    let Some(byte) = stream.peek()? else { return Ok(false) };
    let is_json = match byte {
        b':' => stream.window().get(1) != Some(&b':'),
        _ => matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b'"') || byte.is_ascii_control(),
    };
    if is_json {
        return Err(stream.unexpected("this follows the end of the plan's object"));
    }
    Ok(true)
}
