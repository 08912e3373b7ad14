//! Tables with aligned columns and no lines.

use super::style;

/// Rows under a heading; the last column is not padded.
pub struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(heading: &[&'static str]) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.heading.len(), "a row has a cell for every column");
        self.rows.push(cells);
    }

    /// The table as text, heading first.
    pub fn render(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.chain([self.heading[column].len()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.heading.len()).map(width).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let padded = cells.zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let heading = style::dim(line(&mut self.heading.iter().copied()).to_uppercase());
        let rows = self.rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
        [heading].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_do_not_trail() {
        let mut table = Table::new(&["alias", "version", "note"]);
        table.row(vec!["live".into(), "12".into(), String::new()]);
        table.row(vec!["staging-eu".into(), "7".into(), "10% on 8".into()]);
        let text = anstream::adapter::strip_str(&table.render()).to_string();
        assert_eq!(
            text,
            "ALIAS       VERSION  NOTE\nlive        12\nstaging-eu  7        10% on 8"
        );
    }
}
