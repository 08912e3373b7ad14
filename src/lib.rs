//! lfn takes one AWS Lambda function from a folder to production and back.

pub mod aws;
pub mod domain;
pub mod error;
pub mod local;
pub mod ports;
pub mod runner;
