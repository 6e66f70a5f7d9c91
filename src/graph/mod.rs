//! The graph of brokers, principals, groups and policies, built from plan and source.
