//! Which runtimes there are and when they end: data with a date, for warnings and never for refusals.
//!
//! The domain has no clock. Dates are compared with the table's own `as_of`, so a table that
//! grows old says less, never something false.

use std::sync::LazyLock;

use serde::Deserialize;

use super::findings::{Complaint, nearest};
use crate::domain::names::RuntimeId;

/// What is known about a runtime. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeInfo {
    pub id: String,
    /// The language, such as `python`.
    pub family: String,
    /// The version of the C library, such as `2.34`. Source: Lambda developer guide, "Lambda runtimes": 2.34 is
    /// Amazon Linux 2023, 2.26 is Amazon Linux 2.
    pub glibc: Option<String>,
    /// Neither supported nor stable yet.
    #[serde(default)]
    pub preview: bool,
    /// No longer accepted by Lambda at all.
    #[serde(default)]
    pub retired: bool,
    /// The day support ends or ended.
    pub deprecated: Option<String>,
    /// The day from which no function can be created with it.
    pub block_create: Option<String>,
    /// The day from which no function can be updated with it.
    pub block_update: Option<String>,
    /// Whether `SnapStart` works. Source: Lambda developer guide, "Lambda `SnapStart`".
    #[serde(default)]
    pub snap_start: bool,
    /// What to use instead when it is of another family.
    pub successor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    as_of: String,
    #[serde(rename = "source")]
    _source: String,
    runtimes: Vec<RuntimeInfo>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/runtimes.json")).expect("the table is part of this program")
});

/// The day the table of runtimes is from.
pub fn runtimes_as_of() -> &'static str {
    &TABLE.as_of
}

/// What is known about a runtime; `None` for one the table does not hold.
pub fn runtime_info(runtime: &RuntimeId) -> Option<&'static RuntimeInfo> {
    TABLE.runtimes.iter().find(|info| info.id == runtime.as_str())
}

/// What to warn about, if anything.
pub fn warning(runtime: &RuntimeId) -> Option<Complaint> {
    let as_of = runtimes_as_of();
    let Some(info) = runtime_info(runtime) else {
        let complaint = Complaint::new(format!("`{runtime}` is not a runtime known on {as_of}"));
        let current = TABLE.runtimes.iter().filter(|info| info.is_current());
        return Some(match nearest(runtime.as_str(), current.map(|info| info.id.as_str())) {
            Some(near) => complaint.hint(format!("did you mean `{near}`?")),
            None => complaint.hint("lfn sends it as it is; Lambda has the last word"),
        });
    };
    let past = |date: &'static Option<String>| date.as_deref().filter(|date| *date <= as_of);
    let hint = format!("use `{}`", info.successor());
    if info.retired {
        let message = format!("Lambda no longer accepts `{runtime}`");
        return Some(Complaint::new(message).hint(hint));
    }
    if let Some(date) = past(&info.block_create) {
        let message = format!("Lambda creates no functions with `{runtime}` since {date}");
        return Some(Complaint::new(message).hint(hint));
    }
    if let Some(date) = past(&info.deprecated) {
        let mut message = format!("`{runtime}` is deprecated since {date}");
        if let Some(block) = &info.block_create {
            message = format!("{message}; from {block} Lambda creates no functions with it");
        }
        return Some(Complaint::new(message).hint(hint));
    }
    info.preview.then(|| {
        Complaint::new(format!("`{runtime}` is a preview without support"))
            .hint(format!("for production use `{}`", info.successor()))
    })
}

impl RuntimeInfo {
    fn is_current(&self) -> bool {
        let deprecated = self.deprecated.as_deref().is_some_and(|date| date <= runtimes_as_of());
        !self.preview && !self.retired && !deprecated
    }

    /// The newest current runtime of the same family.
    fn successor(&self) -> &str {
        let newest = || {
            TABLE
                .runtimes
                .iter()
                .find(|info| info.family == self.family && info.is_current())
        };
        match &self.successor {
            Some(successor) => successor,
            None => newest().map_or("provided.al2023", |info| &info.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_say_the_date_and_what_to_use() {
        for (runtime, message, hint) in [
            (
                "nodejs20.x",
                "deprecated since 2026-04-30; from 2027-02-01",
                "use `nodejs24.x`",
            ),
            (
                "python3.7",
                "creates no functions with `python3.7` since 2024-01-09",
                "use `python3.14`",
            ),
            ("python2.7", "no longer accepts", "use `python3.14`"),
            ("go1.x", "since 2024-02-08", "use `provided.al2023`"),
            ("nodejs26.x", "preview", "use `nodejs24.x`"),
            ("node24.x", "not a runtime known", "did you mean `nodejs24.x`?"),
            ("cobol85", "not a runtime known", "Lambda has the last word"),
        ] {
            let complaint = warning(&RuntimeId::new(runtime).unwrap()).unwrap();
            assert!(complaint.message.contains(message), "{complaint:?}");
            assert!(
                complaint.hint.as_deref().is_some_and(|h| h.contains(hint)),
                "{complaint:?}"
            );
        }
        for quiet in ["nodejs24.x", "python3.14", "java21", "provided.al2023"] {
            assert_eq!(warning(&RuntimeId::new(quiet).unwrap()), None);
        }
    }

    #[test]
    fn dates_of_the_table_can_be_compared_as_text() {
        for info in &TABLE.runtimes {
            for date in [&info.deprecated, &info.block_create, &info.block_update]
                .into_iter()
                .flatten()
            {
                assert!(date.parse::<jiff::civil::Date>().is_ok(), "{info:?}");
            }
        }
    }
}
