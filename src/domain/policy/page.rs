//! The page about grants, `docs/grants.md`, from the catalogue. A test compares the two.

use std::fmt::Write as _;

use super::catalog::{Condition, Form, Service, Stated, Verb, catalog};
use super::grants::outline;
use super::index::Level;

const HEAD: &str = "# Grants

<!-- Made from data/grants.json; a test compares and says how to renew it. -->

A line of `allow` in lambda.yaml is a verb and a target:

```yaml
allow:
  - get s3://shop-photos/in/*
  - query dynamodb:orders
  - detect textract
  - send sqs:fulfil
```

A target is a name in the account and region of the function, or a whole ARN, which may be of another account or
region: `send arn:aws:sqs:us-east-1:444455556666:fulfil`. Where a service has no resources to name, the target is the
service, or the kind of thing that is asked of it. `*` stands only where it cannot match more than it seems to: as a
whole segment of a path. There is no verb for everything.

When the target is encrypted with a key of your own, the line ends in the key, by alias, id or ARN:

```yaml
allow:
  - get secret:prod/stripe using kms:alias/shop
```

That adds what the last column says, on this key, and only through the service itself (`kms:ViaService`).

What lambda.yaml says elsewhere needs no line: logs, `vpc`, `tracing`, `files`, destinations, and the queues and streams
under `on`. For anything else, `allow` takes a statement with `actions` and `resources`.
";

/// The page.
pub fn grants_page() -> String {
    let mut page = HEAD.to_owned();
    for (name, service) in catalog() {
        let _ = write!(page, "\n## {name}\n\n");
        if let Some(note) = &service.note {
            let _ = write!(page, "{note}\n\n");
        }
        page.push_str("| verb | target | allows | on | when | level | with a key |\n|---|---|---|---|---|---|---|\n");
        for form in &service.forms {
            for (verb, rights) in &form.verbs {
                page.push_str(&row(name, service, form, verb, rights));
            }
        }
    }
    page
}

fn row(name: &str, service: &Service, form: &Form, verb: &str, rights: &Verb) -> String {
    let target = form
        .target
        .as_deref()
        .map(|target| service.written(name, &outline(target)));
    let each = |cell: fn(&Form, &Stated<'_>) -> String| {
        let mut cells: Vec<String> = rights.statements().map(|stated| cell(form, &stated)).collect();
        cells.dedup();
        cells.join(" · ")
    };
    let actions = each(|_, stated| code(stated.actions));
    let resources = each(|form, stated| match stated.resources {
        Some(resources) => code(resources),
        None => form
            .resource()
            .map(|resource| code(&[resource.to_owned()]))
            .unwrap_or_default(),
    });
    let condition = each(|_, stated| conditions(stated.condition));
    format!(
        "| `{verb}` | {} | {actions} | {resources} | {condition} | {} | {} |\n",
        target.map_or_else(|| "an ARN".to_owned(), |target| format!("`{target}`")),
        level(rights.level),
        code(&rights.key),
    )
}

fn code(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", outline(word))).collect();
    words.join(", ")
}

fn conditions(condition: &Condition) -> String {
    let operators = condition.iter();
    let lines = operators.flat_map(|(operator, keys)| {
        keys.iter()
            .map(move |(key, value)| format!("`{}` {operator} `{}`", outline(key), outline(value)))
    });
    lines.collect::<Vec<_>>().join(", ")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::List => "list",
        Level::Read => "read",
        Level::Tagging => "tag",
        Level::Write => "write",
        Level::PermissionsManagement => "permissions",
    }
}
