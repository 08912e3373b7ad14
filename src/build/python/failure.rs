//! When packages cannot be installed: which one, who needs it, and what to do.

use super::project::Found;
use crate::domain::package::python::{Missing, Target, redacted};
use crate::error::Problem;

const REMEDY: &str = "take a version that has one (the package's page lists its files), build one on Amazon Linux \
                      with `pip wheel` and name the file (`./wheels/NAME.whl`), or use a layer that brings the package";

/// Signs of a machine that cannot reach the index, in the words of pip and uv.
const OFFLINE: &[&str] = &[
    "Failed to fetch",
    "error sending request",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "dns error",
    "Connection refused",
    "connection error",
    "Network is unreachable",
];

/// How lines begin that installers write whether or not they fail.
const CHATTER: &[&str] = &[
    "WARNING: Retrying",
    "WARNING: The directory",
    "WARNING: Running pip as",
    "DEPRECATION:",
    "[notice]",
    "Looking in ",
    "Collecting ",
    "Processing ",
    "Downloading ",
    "Using cached ",
];

/// Refuses what the lock file itself shows to have no wheel.
pub fn refuse_missing(found: &Found, target: &Target) -> Result<(), Problem> {
    let missing = found.wanted.missing(target);
    let lines: Vec<String> = missing.iter().map(line).collect();
    match &lines[..] {
        [] => Ok(()),
        [only] => Err(Problem::failed(format!("`{}`: no wheel of {only} fits {target}", found.name)).hint(REMEDY)),
        several => {
            let listed = several.join("\n  ");
            let message = format!(
                "`{}`: no wheels of these packages fit {target}:\n  {listed}",
                found.name
            );
            Err(Problem::failed(message).hint(REMEDY))
        }
    }
}

fn line(missing: &Missing) -> String {
    let version = missing
        .version
        .as_ref()
        .map(|version| format!("=={version}"))
        .unwrap_or_default();
    let mut details = Vec::new();
    details.extend(missing.needed_by.as_ref().map(|other| format!("needed by `{other}`")));
    details.extend(missing.source_only.then(|| "it comes as source code alone".to_owned()));
    details.extend(
        missing
            .newer_glibc
            .then(|| "it needs a newer glibc, which runtimes from python3.12 on have".to_owned()),
    );
    let details = if details.is_empty() {
        String::new()
    } else {
        format!(" ({})", details.join("; "))
    };
    format!("`{}{version}`{details}", missing.name)
}

/// Turns what an installer said into what a person needs to know.
pub fn explain(said: &str, found: &Found, target: &Target) -> Problem {
    let said = redacted(said);
    let cause = shortened(&said);
    if OFFLINE.iter().any(|sign| said.contains(sign)) {
        return Problem::failed(format!("could not fetch the packages of `{}`", found.name))
            .hint("the index could not be reached: look at the network, and at the settings of uv or pip for a mirror")
            .caused_by(cause);
    }
    match without_wheel(&said) {
        Some(missing) => Problem::failed(format!(
            "`{}`: no wheel of {} fits {target}",
            found.name,
            line(&missing)
        ))
        .hint(REMEDY)
        .caused_by(cause),
        None => Problem::failed(format!(
            "could not install the packages of `{}` for {target}",
            found.name
        ))
        .hint("what the installer said is above; correct the versions, or the index it looks at")
        .caused_by(cause),
    }
}

/// The end of what an installer said, without what says nothing of the failure.
pub fn shortened(said: &str) -> Problem {
    const SHOWN_LINES: usize = 15;
    let said = redacted(said);
    let is_chatter = |line: &str| line.is_empty() || CHATTER.iter().any(|start| line.starts_with(start));
    let lines: Vec<&str> = said.lines().filter(|line| !is_chatter(line.trim())).collect();
    let end = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n  ");
    Problem::failed(if end.is_empty() {
        "the installer said nothing".to_owned()
    } else {
        end
    })
}

/// The package of which pip or uv found no wheel.
fn without_wheel(said: &str) -> Option<Missing> {
    // uv: "hint: Wheels are required for `docopt` because building from source is disabled"
    let by_uv = said
        .split_once("Wheels are required for `")
        .and_then(|(_, rest)| rest.split_once('`'));
    // uv: "docopt==0.6.2 has no wheels with a matching platform tag"
    let by_uv = by_uv.map(|(name, _)| name).or_else(|| {
        let (before, _) = said.split_once(" has no wheels with a matching ")?;
        before.split_whitespace().next_back()
    });
    // pip: "Could not find a version that satisfies the requirement docopt==0.6.2 (from hdfs) (from versions: none)"
    let by_pip = said
        .split_once("No matching distribution found for ")
        .map(|(_, rest)| rest);
    let wanted = by_uv.or(by_pip.and_then(|rest| rest.split_whitespace().next()))?;
    let name = wanted.split(['=', '<', '>', '!', '~', '[']).next().unwrap_or(wanted);
    let version = [wanted, said].into_iter().find_map(|text| {
        let (_, rest) = text.split_once(&format!("{name}=="))?;
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !".+!".contains(c))
            .unwrap_or(rest.len());
        Some(rest[..end].trim_end_matches('.').to_owned())
    });
    let asked = said.split_once("satisfies the requirement ").map(|(_, rest)| rest);
    let by_pip = asked
        .and_then(|rest| rest.lines().next())
        .and_then(|line| line.split_once("(from "))
        .map(|(_, rest)| rest.split([')', '-', '=', '<', '>']).next().unwrap_or_default());
    let by_uv = said.split_once(&format!(" depends on {name}")).and_then(|(before, _)| {
        let word = before.split_whitespace().next_back()?;
        word.split(['=', '<', '>']).next()
    });
    let needed_by = by_pip.filter(|by| !by.starts_with("versions")).or(by_uv);
    Some(Missing {
        name: name.to_owned(),
        version: version.filter(|version| !version.is_empty()),
        needed_by: needed_by.filter(|by| !by.is_empty() && *by != "you").map(str::to_owned),
        source_only: false,
        newer_glibc: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_installers_say_names_the_package() {
        for (said, expected) in [
            (
                "  cause: Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2, we can conclude\n\n\
                 hint: Wheels are required for `docopt` because building from source is disabled for all packages",
                "`docopt==0.6.2`",
            ),
            (
                "Because docopt has no usable wheels and hdfs==2.7.3 depends on docopt, we can conclude\n\
                 hint: Wheels are required for `docopt` because building from source is disabled",
                "`docopt` (needed by `hdfs`)",
            ),
            (
                "Because numpy==2.4.1 has no wheels with a matching platform tag (e.g., `manylinux_2_17_x86_64`)",
                "`numpy==2.4.1`",
            ),
            (
                "ERROR: Could not find a version that satisfies the requirement docopt==0.6.2 (from versions: none)\n\
                 ERROR: No matching distribution found for docopt==0.6.2",
                "`docopt==0.6.2`",
            ),
            (
                "ERROR: Could not find a version that satisfies the requirement docopt (from hdfs) (from versions: none)\n\
                 ERROR: No matching distribution found for docopt",
                "`docopt` (needed by `hdfs`)",
            ),
        ] {
            assert_eq!(line(&without_wheel(said).unwrap()), expected, "{said}");
        }
        assert_eq!(without_wheel("error: disk full"), None);
    }

    #[test]
    fn the_cause_is_what_failed() {
        let said = "Looking in indexes: http://h/simple\n\
             WARNING: Retrying (Retry(total=4)) after connection broken by ...: /simple/tiny/\n\
             ERROR: No matching distribution found for tiny from http://u:p@h/simple\n\n\
             [notice] A new release of pip is available";
        let expected = "ERROR: No matching distribution found for tiny from http://****@h/simple";
        assert_eq!(shortened(said).to_string(), expected);
        assert_eq!(shortened("\n").to_string(), "the installer said nothing");
    }
}
