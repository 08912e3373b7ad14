//! What a new function is made with, as fields of the step that makes it.

use std::collections::BTreeMap;

use super::desired::{Desired, default_log_group};
use super::plan::{FieldChange, Step};
use super::planner::{environment_change, field_changes};
use crate::domain::arn::Arn;
use crate::domain::function::{Environment, FunctionSettings, LogFormat, Logging, TagChange, Vpc};
use crate::domain::names::RuntimeId;

/// The step that makes the function. What every function has is always told; the rest only where it
/// differs from what Lambda does unasked.
pub fn create_function(desired: &Desired) -> Step {
    let settings = &desired.settings;
    let unasked = unasked(desired);
    let mut changes = field_changes(&unasked, settings);
    changes.iter_mut().for_each(|change| change.from = None);
    let field = |field, to: String| FieldChange { field, from: None, to };
    changes.push(field("architecture", desired.architecture.to_string()));
    changes.extend(
        desired
            .code_signing
            .iter()
            .map(|arn| field("code signing", arn.to_string())),
    );
    Step::CreateFunction {
        changes,
        environment: environment_change(&unasked.environment, &settings.environment),
        tags: TagChange::between(&BTreeMap::new(), &desired.tags),
    }
}

/// Lambda's defaults, and nothing where there is no default. The role that lfn makes has a step of
/// its own.
fn unasked(desired: &Desired) -> FunctionSettings {
    let role = &desired.settings.role;
    FunctionSettings {
        description: String::new(),
        role: if desired.role.is_some() {
            role.clone()
        } else {
            Arn {
                resource: String::new(),
                ..role.clone()
            }
        },
        runtime: RuntimeId::new("none").expect("made of letters"),
        handler: String::new(),
        memory: 0,
        timeout: 0,
        ephemeral_storage: 512,
        environment: Environment::default(),
        kms_key: None,
        layers: Vec::new(),
        vpc: Vpc::default(),
        dead_letter: None,
        tracing: false,
        snap_start: false,
        file_system: None,
        logging: Logging {
            format: LogFormat::Text,
            level: None,
            system_level: None,
            group: default_log_group(&desired.name),
        },
    }
}
