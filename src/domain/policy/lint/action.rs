//! Rules about actions: that they exist, that they are the ones that are meant, and how much they open.

use super::{Kind, Known, Notes, Severity, allows, index};
use crate::domain::policy::index::{Level, Service};
use crate::domain::policy::{Statement, sdk};

/// The actions that an operation of the SDKs needs, where the two have different names.
pub fn action_of_operation(operation: &str) -> Option<String> {
    let actions = sdk::actions_of_operation(operation);
    (!actions.is_empty()).then(|| actions.join("` and `"))
}

/// Checks the actions of a statement; gives back those it names that the index knows.
pub(super) fn check(statement: &Statement, kind: Kind, notes: &mut Notes) -> Vec<(String, Service, String)> {
    let allow = allows(statement);
    for (element, present) in [
        ("NotAction", !statement.not_actions.is_empty()),
        ("NotResource", !statement.not_resources.is_empty()),
        ("NotPrincipal", statement.not_principal.is_some()),
    ] {
        if allow && present {
            notes.add(
                "P20",
                Severity::Error,
                element,
                format!("`{element}` in an `Allow` opens everything that is not listed"),
            );
            notes.hint("list what is allowed");
        }
    }
    let opens = allow && !(kind == Kind::Resource && is_delegation(statement));
    let mut known = Vec::new();
    for action in statement.actions.iter().chain(&statement.not_actions) {
        let element = if statement.actions.contains(action) {
            "Action"
        } else {
            "NotAction"
        };
        let before = notes.found.len();
        known.extend(check_one(action, element, opens && element == "Action", kind, notes));
        if notes.found.len() > before {
            notes.word(action);
        }
    }
    known
}

/// A resource that leaves the decision to the policies of an account, as keys do by default.
/// Source: KMS developer guide, "Default key policy".
fn is_delegation(statement: &Statement) -> bool {
    let principals = statement.principal.iter().flatten();
    let mut names = principals.flat_map(|(kind, names)| names.iter().map(move |name| (kind.as_str(), name)));
    let is_account = |(kind, name): (&str, &String)| {
        kind == "AWS" && (name.ends_with(":root") || name.bytes().all(|byte| byte.is_ascii_digit()))
    };
    statement.principal.is_some() && names.all(is_account)
}

fn check_one(
    action: &str,
    element: &str,
    opens: bool,
    kind: Kind,
    notes: &mut Notes,
) -> Option<(String, Service, String)> {
    let (prefix, name) = match action.split_once(':') {
        _ if matches!(action, "*" | "*:*") => {
            if opens {
                notes.add(
                    "P10",
                    Severity::Error,
                    element,
                    format!("`{action}` allows every action of every service"),
                );
            }
            return None;
        }
        Some(parts) => parts,
        None => {
            notes.add(
                "P01",
                Severity::Error,
                element,
                format!("`{action}` does not say which service it belongs to"),
            );
            notes.hint("write `SERVICE:Action`");
            return None;
        }
    };
    let Some(service) = index::service(prefix) else {
        notes.add(
            "P01",
            Severity::Error,
            element,
            format!("no service has the prefix `{prefix}`"),
        );
        if let Some(near) = index::nearest_prefix(prefix) {
            notes.hint(format!("did you mean `{near}`?"));
        }
        return None;
    };
    if name.contains(['*', '?']) {
        check_wildcard(action, name, element, opens, &service, notes);
        return None;
    }
    let Some(found) = service.action(name) else {
        unknown(action, name, element, &service, notes);
        return None;
    };
    // A trust policy opens the role by nature; connecting to a database is classed so and grants nothing.
    let is_connect = action.eq_ignore_ascii_case("rds-db:connect");
    if opens && !is_connect && kind == Kind::Identity && found.level == Level::PermissionsManagement {
        notes.add(
            "P23",
            Severity::Warning,
            element,
            format!("`{action}` changes who may do what"),
        );
    }
    let name = found.name.clone();
    Some((action.to_owned(), service, name))
}

fn check_wildcard(action: &str, name: &str, element: &str, opens: bool, service: &Service, notes: &mut Notes) {
    let stands_for = service.expand(name);
    let count = stands_for.len();
    if count == 0 {
        notes.add(
            "P02",
            Severity::Error,
            element,
            format!("`{action}` stands for no action of {}", service.title),
        );
    } else if opens && name == "*" {
        let message = format!("`{action}` allows all {count} actions of {}", service.title);
        notes.add("P10", Severity::Error, element, message);
    } else if opens {
        let widest = stands_for
            .iter()
            .find(|action| action.level == Level::PermissionsManagement);
        let severity = if widest.is_some() {
            Severity::Error
        } else {
            Severity::Warning
        };
        let also = widest
            .map(|action| format!(", `{}` among them", action.name))
            .unwrap_or_default();
        let message = format!("`{action}` allows {count} actions{also}, and those that AWS adds later");
        notes.add("P11", severity, element, message);
    }
}

fn unknown(action: &str, name: &str, element: &str, service: &Service, notes: &mut Notes) {
    if let Some(instead) = action_of_operation(action) {
        notes.add(
            "P03",
            Severity::Error,
            element,
            format!("`{action}` is an operation and not an action of IAM"),
        );
        notes.hint(format!("write `{instead}`"));
        return;
    }
    let near = service.nearest_action(name).map(|action| action.name.as_str());
    let distance = |near: &str| strsim::damerau_levenshtein(&near.to_lowercase(), &name.to_lowercase());
    match near {
        Some(near) if distance(near) <= 2 => {
            notes.add(
                "P02",
                Severity::Error,
                element,
                format!("{} has no action `{name}`", service.title),
            );
            notes.hint(format!("did you mean `{}:{near}`?", service.prefix));
        }
        near => {
            let message = format!("{} had no action `{name}` on {}", service.title, index::updated());
            notes.add("P02", Severity::Warning, element, message);
            if let Some(near) = near {
                notes.hint(format!("if it is not new: did you mean `{}:{near}`?", service.prefix));
            }
        }
    }
}

/// What the rules about resources and conditions look at.
pub(super) fn known(found: &[(String, Service, String)]) -> impl Iterator<Item = Known<'_>> {
    found.iter().filter_map(|(written, service, name)| {
        let action = service.action(name)?;
        Some(Known {
            written,
            service,
            action,
        })
    })
}
