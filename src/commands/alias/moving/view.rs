//! How a move is shown: before it is made, and after.

use jiff::Timestamp;
use serde::Serialize;

use super::super::PointView;
use super::super::shifting::GradualView;
use super::{Preview, Wanted};
use crate::engine::compare::{Comparison, Edition};
use crate::ui::access::Home;
use crate::ui::plan::check_expects;
use crate::ui::{comparison, style};

/// What moving an alias did, as `--format json` shows it.
#[derive(Serialize)]
pub struct MovedView<'a> {
    pub function: &'a str,
    pub alias: &'a str,
    /// `null` when the alias was made.
    pub from: Option<PointView>,
    pub to: PointView,
    pub changed: bool,
    pub dry_run: bool,
    /// What came of the release check; `null` where there is none.
    pub check: Option<Check>,
    /// What the move means; `null` when the alias is made or only its weights change.
    pub comparison: Option<&'a Comparison>,
    /// A dry run in stages: these, and what would be watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradual: Option<GradualView<'a>>,
}

/// How the release check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// It would be made.
    Pending,
    Passed,
    Skipped,
}

impl Wanted<'_> {
    /// What would come of the check.
    pub(super) fn planned(&self) -> Check {
        if self.skip_check {
            Check::Skipped
        } else {
            Check::Pending
        }
    }

    pub(super) fn view<'a>(&'a self, preview: &'a Preview, changed: bool, check: Option<Check>) -> MovedView<'a> {
        MovedView {
            function: self.name.as_str(),
            alias: self.alias.as_str(),
            from: preview.from.clone(),
            to: preview.target.clone(),
            changed,
            dry_run: self.dry_run,
            check,
            comparison: preview.comparison.as_ref(),
            gradual: None,
        }
    }

    pub(super) fn arrow(&self, preview: &Preview) -> String {
        let before = preview.from.as_ref().map_or_else(|| "nothing".into(), PointView::text);
        format!(
            "{} {before} → {}",
            style::strong(format_args!("{}:{}", self.name, self.alias)),
            style::strong(preview.target.text())
        )
    }

    /// The arrow, and below it what changes.
    pub(super) fn render(&self, preview: &Preview, all: bool) -> String {
        let place = self.caller.map(|caller| &caller.place);
        let home = Home {
            account: place.map_or("", |place| place.account.as_str()),
            region: place.map_or("", |place| place.region.as_str()),
        };
        let now = Timestamp::now();
        let mut lines = vec![self.arrow(preview), String::new()];
        match &preview.comparison {
            Some(found) => lines.extend(comparison::lines(found, home, now, all)),
            None if self.current.is_none() => {
                let edition = Edition::new(&preview.serving, |version| self.commit(version));
                lines.push(comparison::alone(&edition, now));
            }
            None => lines.push(style::dim(
                "    the version is the same; only the split of the traffic changes",
            )),
        }
        if let Some(check) = self.check {
            let when = if self.skip_check {
                "skipped"
            } else {
                "is called with it first"
            };
            lines.push(format!(
                "{} {}  {}",
                style::strong(format_args!("  > {:<18}", "check")),
                check.file,
                style::dim(format_args!(
                    "version {} {when}{}",
                    preview.target.text(),
                    check_expects(check.expected.as_ref().map(|expected| expected.file.as_str()))
                ))
            ));
        }
        lines.join("\n")
    }
}
