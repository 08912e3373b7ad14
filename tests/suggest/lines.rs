//! Proposed lines: they are valid, they meet what they are for, and they grant nothing else.

use lfn::domain::config::{self, Inputs};
use lfn::domain::policy::sources;
use lfn::domain::suggest::suggest;

use super::{Sample, place, samples};

#[test]
fn adding_the_lines_without_holes_leaves_only_the_holes() {
    for Sample {
        name, config, files, ..
    } in samples()
    {
        let before = suggest(&files, &config, &place());
        let whole = before.missing.iter().filter(|proposal| proposal.holes.is_empty());
        let lines: Vec<String> = whole.map(|proposal| format!("  - {}\n", proposal.line)).collect();
        let mut config = config;
        if !lines.is_empty() {
            let text = format!(
                "name: sample\nruntime: python3.13\nhandler: app.handler\nallow:\n{}",
                lines.concat()
            );
            let inputs = Inputs {
                stage: None,
                place: Some(&place()),
                env: &|_| None,
            };
            let loaded = config::load(&text, &inputs);
            let with_lines = loaded
                .config
                .unwrap_or_else(|| panic!("{name}: {:?}\n{text}", loaded.findings));
            config.allow.extend(with_lines.allow);
        }
        let after = suggest(&files, &config, &place());
        assert!(
            after.missing.iter().all(|proposal| !proposal.holes.is_empty()),
            "{name}: {:#?}",
            after.missing
        );
        let needs = || after.allowed.iter().map(|allowed| &allowed.need);
        for source in sources(&config, &place()).iter().filter(|source| source.key == "allow") {
            for action in source.statements.iter().flat_map(|statement| &statement.actions) {
                assert!(
                    needs().any(|need| need.action == *action),
                    "{name}: `{}` grants {action}",
                    source.purpose
                );
            }
        }
    }
}
