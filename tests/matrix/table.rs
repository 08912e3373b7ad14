//! The result as a table: command by way, points that survived of points that were tried.

use std::fmt::Write as _;

use crate::judge::{Calm, Point, Verdict};
use crate::way::Way;

/// One row for each command, one column for each way.
pub fn render(calm: &[Calm], verdicts: &[(Point<'_>, Verdict)]) -> String {
    let count = |is_meant: &dyn Fn(&Point<'_>) -> bool| {
        let points: Vec<_> = verdicts.iter().filter(|(point, _)| is_meant(point)).collect();
        let survived = points.iter().filter(|(_, verdict)| verdict.is_ok()).count();
        format!("{survived}/{}", points.len())
    };
    let mut text = format!("{:<22}{:>6}", "", "calls");
    let mut add = |part: std::fmt::Arguments<'_>| text.write_fmt(part).expect("a String takes everything");
    for way in Way::ALL {
        add(format_args!("  {way}"));
    }
    add(format_args!("  together\n"));
    for calm in calm {
        let name = calm.scenario.name;
        add(format_args!("{name:<22}{:>6}", calm.calls.len()));
        for way in Way::ALL {
            let width = way.to_string().len();
            let cell = count(&|point| point.calm.scenario.name == name && point.way == way);
            add(format_args!("  {cell:>width$}"));
        }
        add(format_args!(
            "  {:>8}\n",
            count(&|point| point.calm.scenario.name == name)
        ));
    }
    add(format_args!("{:<28}", "together"));
    for way in Way::ALL {
        let width = way.to_string().len();
        add(format_args!("  {:>width$}", count(&|point| point.way == way)));
    }
    add(format_args!("  {:>8}\n", count(&|_| true)));
    text
}
