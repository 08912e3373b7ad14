//! A function URL as lambda.yaml describes it.
//!
//! Source: Lambda API reference, `CreateFunctionUrlConfig`.

/// Who may call it, from where, and how it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionUrl {
    pub auth: UrlAuth,
    pub mode: UrlMode,
    pub cors: Option<Cors>,
}

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlAuth {
    /// Whoever signs requests and has the right.
    Iam,
    /// Everybody.
    None,
}

/// How a function URL answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UrlMode {
    /// When the function is done.
    #[default]
    Buffered,
    /// While the function writes.
    Stream,
}

/// Which web pages may call, and what browsers are told. A list that is empty is not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cors {
    /// Such as `https://shop.example`, or `*`.
    pub origins: Vec<String>,
    pub methods: Vec<String>,
    pub headers: Vec<String>,
    pub expose: Vec<String>,
    pub credentials: bool,
    /// Seconds.
    pub max_age: Option<u32>,
}

/// What is wrong with the origin of a page, and how to write it instead; `None` when nothing is.
pub fn wrong_origin(origin: &str) -> Option<(&'static str, String)> {
    if origin != "*" && !origin.contains("://") {
        Some(("lacks its scheme", format!("https://{origin}")))
    } else if origin.len() > 8 && origin.ends_with('/') {
        Some(("ends with `/`", origin.trim_end_matches('/').to_owned()))
    } else {
        None
    }
}
