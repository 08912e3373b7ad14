//! Environment markers: whether a requirement holds on the function's Python.
//!
//! Source: packaging.python.org, "Dependency specifiers". pip asks them of the interpreter it runs on, whatever
//! platform it installs for; so lfn answers them itself.

use super::Target;
use super::requirement::normalized;
use super::version::{Specifiers, Version};

/// A condition such as `python_version < "3.11" and sys_platform == "linux"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    All(Vec<Marker>),
    Any(Vec<Marker>),
    Compare(Value, Comparison, Value),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Variable(String),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`, `<` and so on, as written.
    Sign(&'static str),
    In,
    NotIn,
}

const SIGNS: &[&str] = &["===", "==", "!=", "~=", ">=", "<=", ">", "<"];

impl Marker {
    /// Reads a condition; `None` when it makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text, depth: 0 };
        let marker = reader.any()?;
        reader.rest.trim().is_empty().then_some(marker)
    }

    /// Whether it holds on the target, with these extras (normalized names) asked for.
    pub fn holds(&self, target: &Target, extras: &[String]) -> bool {
        match self {
            Self::All(markers) => markers.iter().all(|marker| marker.holds(target, extras)),
            Self::Any(markers) => markers.iter().any(|marker| marker.holds(target, extras)),
            Self::Compare(left, comparison, right) => compare(left, *comparison, right, target, extras),
        }
    }
}

fn compare(left: &Value, comparison: Comparison, right: &Value, target: &Target, extras: &[String]) -> bool {
    let (variable, text, swapped) = match (left, right) {
        (Value::Variable(variable), Value::Text(text)) => (variable, text, false),
        (Value::Text(text), Value::Variable(variable)) => (variable, text, true),
        (Value::Text(one), Value::Text(other)) => return strings(one, comparison, other),
        (Value::Variable(one), Value::Variable(other)) => {
            return strings(&variable_value(one, target), comparison, &variable_value(other, target));
        }
    };
    if variable == "extra" {
        let asked = extras.contains(&normalized(text));
        return match comparison {
            Comparison::Sign("!=") | Comparison::NotIn => !asked,
            Comparison::Sign(_) | Comparison::In => asked,
        };
    }
    let value = variable_value(variable, target);
    if let Comparison::Sign(sign) = comparison
        && variable.contains("version")
        && let Some(version) = Version::parse(&value)
    {
        let sign = if swapped { mirrored(sign) } else { sign };
        if let Some(specifiers) = Specifiers::parse(&format!("{sign}{text}")) {
            return specifiers.contain(&version);
        }
    }
    if swapped {
        strings(text, comparison, &value)
    } else {
        strings(&value, comparison, text)
    }
}

fn strings(left: &str, comparison: Comparison, right: &str) -> bool {
    match comparison {
        Comparison::In => right.contains(left),
        Comparison::NotIn => !right.contains(left),
        Comparison::Sign("!=") => left != right,
        Comparison::Sign("<") => left < right,
        Comparison::Sign("<=") => left <= right,
        Comparison::Sign(">") => left > right,
        Comparison::Sign(">=") => left >= right,
        Comparison::Sign(_) => left == right,
    }
}

fn mirrored(sign: &'static str) -> &'static str {
    match sign {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

fn variable_value(name: &str, target: &Target) -> String {
    match name {
        "python_version" => format!("3.{}", target.minor),
        // Which patch Lambda runs changes without notice; uv, too, takes the first.
        "python_full_version" | "implementation_version" => format!("3.{}.0", target.minor),
        "os_name" => "posix".into(),
        "sys_platform" => "linux".into(),
        "platform_system" => "Linux".into(),
        "platform_machine" => target.machine().into(),
        "platform_python_implementation" => "CPython".into(),
        "implementation_name" => "cpython".into(),
        // `platform_release` and `platform_version`: the kernel's, which nobody can know.
        _ => String::new(),
    }
}

/// The variables, and the older names that some of them go by.
const VARIABLES: &[(&str, &str)] = &[
    ("python_version", "python_version"),
    ("python_full_version", "python_full_version"),
    ("implementation_version", "implementation_version"),
    ("implementation_name", "implementation_name"),
    ("os_name", "os_name"),
    ("os.name", "os_name"),
    ("sys_platform", "sys_platform"),
    ("sys.platform", "sys_platform"),
    ("platform_system", "platform_system"),
    ("platform_machine", "platform_machine"),
    ("platform.machine", "platform_machine"),
    ("platform_python_implementation", "platform_python_implementation"),
    ("platform.python_implementation", "platform_python_implementation"),
    ("python_implementation", "platform_python_implementation"),
    ("platform_release", "platform_release"),
    ("platform_version", "platform_version"),
    ("platform.version", "platform_version"),
    ("extra", "extra"),
    ("extras", "extra"),
    ("dependency_groups", "extra"),
];

/// Deeper nesting than any real marker has; recursion has to end.
const DEEPEST: usize = 50;

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Option<Marker> {
        let mut markers = vec![self.all()?];
        while self.word("or") {
            markers.push(self.all()?);
        }
        single(markers, Marker::Any)
    }

    fn all(&mut self) -> Option<Marker> {
        let mut markers = vec![self.one()?];
        while self.word("and") {
            markers.push(self.one()?);
        }
        single(markers, Marker::All)
    }

    fn one(&mut self) -> Option<Marker> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.depth += 1;
            if self.depth > DEEPEST {
                return None;
            }
            self.rest = rest;
            let marker = self.any()?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            self.depth -= 1;
            return Some(marker);
        }
        let left = self.value()?;
        let comparison = self.comparison()?;
        Some(Marker::Compare(left, comparison, self.value()?))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        if self.word("in") {
            return Some(Comparison::In);
        }
        if self.word("not") {
            return self.word("in").then_some(Comparison::NotIn);
        }
        self.rest = self.rest.trim_start();
        let sign = SIGNS.iter().find(|sign| self.rest.starts_with(**sign))?;
        self.rest = &self.rest[sign.len()..];
        Some(Comparison::Sign(sign))
    }

    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if let Some(quote) = self.rest.chars().next().filter(|c| "'\"".contains(*c)) {
            let (text, rest) = self.rest[1..].split_once(quote)?;
            self.rest = rest;
            return Some(Value::Text(text.to_owned()));
        }
        let name = self.name();
        let (_, name) = VARIABLES.iter().find(|(other, _)| *other == name)?;
        Some(Value::Variable((*name).to_owned()))
    }

    fn name(&mut self) -> &'a str {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    /// Steps over this word if it is the next one.
    fn word(&mut self, word: &str) -> bool {
        let before = self.rest;
        self.rest = self.rest.trim_start();
        let found = self.name() == word;
        if !found {
            self.rest = before;
        }
        found
    }
}

fn single(mut markers: Vec<Marker>, several: fn(Vec<Marker>) -> Marker) -> Option<Marker> {
    if markers.len() == 1 {
        return markers.pop();
    }
    Some(several(markers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    #[test]
    fn markers_are_answered_for_the_function_and_not_for_this_machine() {
        let target = Target::new(11, Architecture::Arm64, 26);
        for (marker, expected) in [
            ("python_version < '3.12'", true),
            ("python_version < \"3.9\"", false),
            ("python_version >= '3.10'", true),
            ("'3.10' <= python_version", true),
            ("python_full_version < '3.11.3'", true),
            ("python_version in '3.10, 3.11'", true),
            ("python_version not in '3.10'", true),
            ("python_version == '3.*'", true),
            ("sys_platform == 'win32'", false),
            ("sys.platform != 'win32'", true),
            ("'linux' in sys_platform", true),
            ("os_name == 'nt' or platform_system == 'Linux'", true),
            (
                "platform_machine == 'aarch64' and (python_version < '3' or implementation_name == 'cpython')",
                true,
            ),
            ("platform_python_implementation != 'PyPy'", true),
            ("extra == 'Socks_Proxy'", true),
            ("extra == 'dev'", false),
            ("extra != 'dev'", true),
            ("platform_release >= '5'", false),
            (
                "python_version >= '3.8' and python_version < '4' and extra == 'socks-proxy'",
                true,
            ),
            ("platform_machine=='x86_64'", false),
        ] {
            let parsed = Marker::parse(marker).unwrap_or_else(|| panic!("{marker}"));
            assert_eq!(parsed.holds(&target, &["socks-proxy".into()]), expected, "{marker}");
        }
    }

    #[test]
    fn nonsense_is_no_marker() {
        let deep = "(".repeat(10_000);
        for marker in [
            "",
            "python_version",
            "python_version <",
            "color == 'red'",
            "(os_name == 'nt'",
            "os_name == 'nt' and",
            "os_name == 'nt",
            "os_name not 'nt'",
            deep.as_str(),
        ] {
            assert_eq!(Marker::parse(marker), None, "{marker}");
        }
    }
}
