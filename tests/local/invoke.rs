//! Handlers that really run.
