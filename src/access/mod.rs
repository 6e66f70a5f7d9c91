//! Each principal's policy layers, and the matrix of decisions.
