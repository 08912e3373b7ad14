//! Moving aliases: where to, and the note that rollback reads.
//!
//! Lambda keeps no history of an alias. lfn writes the version an alias pointed at before into the
//! alias's description, so that rollback returns to what was live and not to "version minus one".

use std::collections::BTreeMap;

use crate::domain::names::{AliasName, FunctionName, Version};
use crate::ports::{AliasState, AliasUpdate, Cloud, ErrorKind, PortError, PortResult};

const NOTE: &str = "lfn: previous version ";

/// The description of an alias that pointed at `previous` before.
pub fn note(previous: Option<Version>) -> String {
    previous.map(|version| format!("{NOTE}{version}")).unwrap_or_default()
}

/// The version the alias pointed at before, if lfn moved it.
pub fn previous(alias: &AliasState) -> Option<Version> {
    alias.description.strip_prefix(NOTE)?.trim().parse().ok()
}

/// The update that points an alias wholly at one version.
pub fn point(alias: &AliasName, from: Option<&AliasState>, to: Version) -> AliasUpdate {
    let before = from.and_then(|alias| alias.version);
    // Ending a split keeps the note: the version before the split is still the one to return to.
    let note = if before == Some(to) {
        from.map(|from| from.description.clone()).unwrap_or_default()
    } else {
        note(before)
    };
    AliasUpdate {
        name: alias.clone(),
        version: to,
        weights: BTreeMap::new(),
        description: note,
    }
}

/// Creates or moves an alias with one write. A write whose answer was lost and that is repeated
/// looks like a conflict; the alias itself tells whether it landed.
pub async fn move_alias(
    cloud: &Cloud,
    function: &FunctionName,
    update: &AliasUpdate,
    revision: Option<&str>,
) -> PortResult<AliasState> {
    let result = match revision {
        None => cloud.functions.create_alias(function, update).await,
        Some(revision) => cloud.functions.update_alias(function, update, revision).await,
    };
    let Err(error) = result else { return result };
    if !matches!(error.kind, ErrorKind::Stale | ErrorKind::AlreadyExists) {
        return Err(error);
    }
    match cloud.functions.alias(function, &update.name).await? {
        Some(found) if found.version == Some(update.version) && found.weights == update.weights => Ok(found),
        found => Err(moved_meanwhile(update, found.as_ref(), error)),
    }
}

fn moved_meanwhile(update: &AliasUpdate, found: Option<&AliasState>, error: PortError) -> PortError {
    let now = found
        .and_then(|found| found.version)
        .map_or_else(|| "elsewhere".into(), |version| format!("to version {version}"));
    let message = format!("`{}` was moved {now} by someone else since lfn looked", update.name);
    PortError {
        kind: ErrorKind::Stale,
        message,
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alias(version: u64, description: &str) -> AliasState {
        AliasState {
            name: AliasName::new("live").unwrap(),
            version: Some(Version(version)),
            weights: BTreeMap::new(),
            description: description.into(),
            revision: "r".into(),
        }
    }

    #[test]
    fn the_note_leads_back_to_what_was_live() {
        let name = AliasName::new("live").unwrap();
        let moved = point(&name, Some(&alias(3, "")), Version(7));
        assert_eq!(previous(&alias(7, &moved.description)), Some(Version(3)));
        assert_eq!(previous(&alias(7, "made by hand")), None);
        assert_eq!(point(&name, None, Version(1)).description, "");
    }

    #[test]
    fn ending_a_split_keeps_the_note() {
        let name = AliasName::new("live").unwrap();
        let kept = point(&name, Some(&alias(7, "lfn: previous version 3")), Version(7));
        assert_eq!(kept.description, "lfn: previous version 3");
    }
}
