//! lfn takes one AWS Lambda function from a folder to production and back.

pub mod aws;
pub mod cli;
pub mod commands;
pub mod ctx;
pub mod domain;
pub mod engine;
pub mod error;
pub mod local;
pub mod ports;
pub mod runner;
pub mod settings;
pub mod templates;
pub mod ui;
