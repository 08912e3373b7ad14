//! lfn takes one AWS Lambda function from a folder to production and back.

pub mod domain;
pub mod error;
pub mod ports;
pub mod templates;
