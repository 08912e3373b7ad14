//! Results as JUnit XML, in the form that CI systems read.

use super::{Row, Status};
use crate::ui::mismatch;

/// The report of one run.
pub fn report(function: &str, rows: &[Row]) -> String {
    let count = |status| rows.iter().filter(|row| row.status == status).count();
    let seconds = |milliseconds: f64| format!("{:.3}", milliseconds / 1000.0);
    let total = rows.iter().filter_map(|row| row.duration_ms).sum();
    let counts = format!(
        "name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" errors=\"0\" time=\"{}\"",
        escaped(function),
        rows.len(),
        count(Status::Failed),
        count(Status::Skipped),
        seconds(total),
    );
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite {counts}>\n");
    for row in rows {
        let open = format!(
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{}\"",
            escaped(&row.name),
            escaped(function),
            escaped(&row.file),
            seconds(row.duration_ms.unwrap_or(0.0)),
        );
        let inside = inside(row);
        if inside.is_empty() {
            xml += &open;
            xml += "/>\n";
        } else {
            xml.extend([&open, ">\n", &inside, "    </testcase>\n"]);
        }
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// The report of a run that came to nothing: an error, so that nobody takes it for a success.
pub fn not_run(why: &str) -> String {
    let counts = "name=\"lfn test\" tests=\"1\" failures=\"0\" skipped=\"0\" errors=\"1\" time=\"0.000\"";
    let first = why.lines().next().unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite {counts}>\n    \
         <testcase name=\"lfn test\" classname=\"lfn test\" time=\"0.000\">\n      \
         <error message=\"{}\">{}</error>\n    </testcase>\n  </testsuite>\n</testsuites>\n",
        escaped(first),
        escaped(why),
    )
}

fn inside(row: &Row) -> String {
    match row.status {
        Status::Passed => String::new(),
        Status::Skipped => {
            let reason = row.reason.unwrap_or_default();
            format!("      <skipped message=\"{}\"/>\n", escaped(reason))
        }
        Status::Failed => {
            let details: Vec<String> = row.mismatches.iter().map(plain).collect();
            let first = row.mismatches.first().map(|mismatch| mismatch.path.as_str());
            let failure = format!(
                "      <failure message=\"{}\">{}</failure>\n",
                escaped(&format!("differs at {}", first.unwrap_or_default())),
                escaped(&details.join("\n")),
            );
            let log = row
                .log
                .as_ref()
                .map(|log| format!("      <system-out>{}</system-out>\n", escaped(log)));
            failure + &log.unwrap_or_default()
        }
    }
}

fn plain(found: &crate::domain::expect::Mismatch) -> String {
    anstream::adapter::strip_str(&mismatch::render(found)).to_string()
}

/// Text for XML; characters that XML 1.0 does not have become `U+FFFD`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_to_xml() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{1}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}\n"
        );
    }
}
