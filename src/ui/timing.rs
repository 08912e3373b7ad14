//! Durations of many calls: a table of their spread, and a histogram.

use super::style;
use super::table::Table;
use crate::domain::spread::{Bar, Spread};

/// Characters of the longest bar.
const LONGEST: usize = 40;

/// Rows without values are left out.
pub fn render(rows: &[(&str, Option<&Spread>)], histogram: &[Bar]) -> String {
    let mut table = Table::new(&["calls", "count", "min", "median", "p95", "max"]);
    let milliseconds = |value: f64| format!("{value:.2} ms");
    for (name, spread) in rows {
        let Some(spread) = spread else { continue };
        table.row(vec![
            (*name).to_owned(),
            spread.count.to_string(),
            milliseconds(spread.min_ms),
            milliseconds(spread.median_ms),
            milliseconds(spread.p95_ms),
            milliseconds(spread.max_ms),
        ]);
    }
    let most = histogram.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
    let bars = histogram.iter().map(|bar| {
        let length = (bar.count * LONGEST).div_ceil(most);
        let range = format!("{:>9.1} ms", bar.from_ms);
        format!("{} {} {}", style::dim(range), "▇".repeat(length), bar.count)
            .trim_end()
            .to_owned()
    });
    [table.render(), String::new()]
        .into_iter()
        .chain(bars)
        .collect::<Vec<_>>()
        .join("\n")
}
