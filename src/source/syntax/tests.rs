//! What the parser takes and how it reads it.
