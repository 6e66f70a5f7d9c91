//! Where a statement stands in the text of its document.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Position {
    /// The line, from one.
    line: usize,
    /// The character in the line, from one.
    column: usize,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, rename = "Statement")]
    statement: &'a RawValue,
}

/// Where the statement with this index begins, and where it has ended.
pub(super) fn statement(text: &str, index: usize) -> Option<(Position, Position)> {
    let document: Document<'_> = serde_json::from_str(text).ok()?;
    let statement = if document.statement.get().starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(document.statement.get()).ok()?;
        list.get(index)?.get()
    } else {
        document.statement.get()
    };
    // The statement is borrowed from the text.
    let start = statement.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start.checked_add(statement.len())?;
    Some((position(text, start)?, position(text, end)?))
}

fn position(text: &str, offset: usize) -> Option<Position> {
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    Some(Position {
        line: before.matches('\n').count().saturating_add(1),
        column: before.get(line_start..)?.chars().count().saturating_add(1),
    })
}

#[cfg(test)]
mod tests {
    use super::{Position, statement};

    #[test]
    fn statements_are_found_in_lists_and_alone() {
        let text = "{\"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\"Sid\": \"é\"}, {\n}]}";
        let at = |line, column| Position { line, column };
        assert_eq!(statement(text, 0), Some((at(3, 3), at(3, 15))));
        assert_eq!(statement(text, 1), Some((at(3, 17), at(4, 2))));
        assert_eq!(statement(text, 2), None);
        assert_eq!(statement("{\"Statement\":{}}", 0), Some((at(1, 14), at(1, 16))));
    }
}
