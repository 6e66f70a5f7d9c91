//! Terraform source: finds the block of an address and evaluates its expressions to values with holes.
