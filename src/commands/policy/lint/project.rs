//! The role that lambda.yaml describes: what is written out in the file, and what lfn derives from it.

use super::super::{path, stand_in};
use super::Row;
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{self, Config, Inputs, Mark, Marks};
use crate::domain::policy::lint::{Finding, Kind, Severity, lint};
use crate::domain::policy::{PolicyDocument, Source, role_spec, sources};
use crate::error::Problem;
use crate::settings;
use crate::ui::style;

/// The findings about statements written out, as the file's reader has them, and about the rest of the role.
pub fn rows(ctx: &Ctx) -> anyhow::Result<Vec<Row>> {
    let text = ctx.read_file()?;
    let inputs = Inputs {
        stage: ctx.settings.stage.as_ref(),
        place: None,
        env: &settings::env,
    };
    let loaded = config::load(&text, &inputs);
    let mut rows: Vec<Row> = loaded.findings.iter().filter_map(written).collect();
    let others = loaded.findings.iter().filter(|finding| finding.rule.is_none());
    let errors: Vec<_> = others
        .filter(|finding| finding.severity == config::Severity::Error)
        .collect();
    for finding in &errors {
        ctx.finding(finding, &text);
    }
    if !errors.is_empty() {
        let what = style::count(errors.len(), "error");
        return Err(Problem::failed(format!("{FILE} has {what}")).into());
    }
    if let Some(config) = &loaded.config {
        rows.extend(of_role(config, ctx, &text));
    }
    rows.sort_by_key(|row| row.mark.map(|mark| (mark.line, mark.column)));
    Ok(rows)
}

/// A finding of the file's reader that a rule made.
fn written(finding: &config::Finding) -> Option<Row> {
    let severity = match finding.severity {
        config::Severity::Error => Severity::Error,
        config::Severity::Warning => Severity::Warning,
    };
    Some(Row {
        file: FILE.to_owned(),
        document: None,
        mark: Some(Mark {
            line: finding.line,
            column: finding.column,
        }),
        rule: finding.rule?,
        severity,
        path: finding.path.clone(),
        message: finding
            .message
            .trim_end_matches(&format!(" ({})", finding.rule?))
            .to_owned(),
        hint: finding.hint.clone(),
        accepted: None,
    })
}

/// What lfn itself wrote: the rights that follow from the file, the policy as a whole, and the trust.
fn of_role(config: &Config, ctx: &Ctx, text: &str) -> Vec<Row> {
    let place = stand_in(config, ctx, None);
    let Some(role) = role_spec(config, &place) else {
        return Vec::new();
    };
    let marks = Marks::read(text, config.stage.as_ref());
    let row = |finding: Finding, mark: Option<Mark>, path: String| Row {
        mark,
        path,
        ..Row::new(FILE, None, finding)
    };
    let mut rows = Vec::new();
    for source in sources(config, &place)
        .into_iter()
        .filter(|source| !is_written_out(source, config))
    {
        let mark = marks.as_ref().and_then(|marks| marks.of(source.key, source.item));
        let document = PolicyDocument::new(source.statements.clone());
        // What lfn derives is as narrow as AWS lets it be; a remark on it has no next move.
        let found = lint(&document, Kind::Identity)
            .into_iter()
            .filter(|finding| source.item.is_some() || finding.severity > Severity::Info);
        rows.extend(found.map(|finding| row(finding, mark, path(&source))));
    }
    let key = |key: &str| marks.as_ref().and_then(|marks| marks.of(key, None));
    let whole = lint(&role.policy, Kind::Identity)
        .into_iter()
        .filter(|finding| finding.statement.is_none());
    rows.extend(whole.map(|finding| row(finding, key("allow"), "allow".to_owned())));
    let trust = lint(&role.trust, Kind::Trust).into_iter();
    rows.extend(trust.map(|finding| row(finding, key("role"), "role".to_owned())));
    rows
}

fn is_written_out(source: &Source, config: &Config) -> bool {
    let line = source.item.and_then(|item| config.allow.get(item));
    matches!(line, Some(config::Allow::Raw(_)))
}
