//! Which wheels a function can load, by their file names, and what installers are told about it.
//!
//! Source: packaging.python.org, "Binary distribution format" and "Platform compatibility tags".

use crate::domain::config::runtime_info;
use crate::domain::function::Architecture;
use crate::domain::names::RuntimeId;

/// The Python and the machine that a function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Of Python 3.
    pub minor: u32,
    pub architecture: Architecture,
    /// Of glibc 2.
    pub glibc: u32,
}

/// Amazon Linux 1, under the oldest runtimes. The table of runtimes says nothing about it.
const OLDEST_GLIBC: u32 = 17;
/// Amazon Linux 2023, under all runtimes that are to come for now.
const NEWEST_GLIBC: u32 = 34;
/// Names that some versions of glibc had before they were numbered.
const LEGACY: &[(u32, &str)] = &[(17, "manylinux2014"), (12, "manylinux2010"), (5, "manylinux1")];

impl Target {
    pub fn new(minor: u32, architecture: Architecture, glibc: u32) -> Self {
        Self {
            minor,
            architecture,
            glibc,
        }
    }

    /// What a runtime runs; `None` when it is not Python 3.
    pub fn of(runtime: &RuntimeId, architecture: Architecture) -> Option<Self> {
        let minor = runtime.as_str().strip_prefix("python3.")?.parse().ok()?;
        let glibc = match runtime_info(runtime) {
            Some(info) => info.glibc.as_deref().map_or(OLDEST_GLIBC, |glibc| {
                glibc
                    .strip_prefix("2.")
                    .and_then(|minor| minor.parse().ok())
                    .unwrap_or(OLDEST_GLIBC)
            }),
            None => NEWEST_GLIBC,
        };
        Some(Self::new(minor, architecture, glibc))
    }

    /// The machine, as Python names it.
    pub fn machine(&self) -> &'static str {
        match self.architecture {
            Architecture::X86_64 => "x86_64",
            Architecture::Arm64 => "aarch64",
        }
    }

    pub fn python(&self) -> String {
        format!("3.{}", self.minor)
    }

    /// Platform tags for pip, best first. All of them, since pip never looks further down by itself.
    /// `linux_*` is what `pip wheel` writes on Amazon Linux.
    pub fn platforms(&self) -> Vec<String> {
        let machine = self.machine();
        let legacy = |minor| {
            LEGACY
                .iter()
                .filter(move |(glibc, _)| *glibc == minor)
                .map(|(_, name)| *name)
        };
        (5..=self.glibc)
            .rev()
            .flat_map(|minor| {
                let numbered = format!("manylinux_2_{minor}_{machine}");
                std::iter::once(numbered).chain(legacy(minor).map(move |name| format!("{name}_{machine}")))
            })
            .chain([format!("linux_{machine}")])
            .collect()
    }

    /// The platform for uv, which knows no tags between glibc 2.17 and 2.28 and would take wheels that Amazon
    /// Linux 2 cannot load.
    pub fn uv_platform(&self) -> String {
        let machine = self.machine();
        match self.glibc {
            34.. => format!("{machine}-manylinux_2_34"),
            28..34 => format!("{machine}-manylinux_2_28"),
            _ => format!("{machine}-manylinux2014"),
        }
    }

    /// Whether a wheel of this file name can be loaded; `None` when it is not a wheel's name.
    pub fn fits(&self, file: &str) -> Option<bool> {
        let stem = file.strip_suffix(".whl")?;
        let parts: Vec<&str> = stem.split('-').collect();
        let [.., pythons, abis, platforms] = parts[..] else {
            return None;
        };
        let python = pythons
            .split('.')
            .any(|python| abis.split('.').any(|abi| self.fits_python(python, abi)));
        Some(python && platforms.split('.').any(|platform| self.fits_platform(platform)))
    }

    /// Whether an installed wheel's `Tag:` fits.
    pub fn fits_tag(&self, tag: &str) -> bool {
        self.fits(&format!("a-1-{tag}.whl")) == Some(true)
    }

    fn fits_python(&self, python: &str, abi: &str) -> bool {
        let own = format!("cp3{}", self.minor);
        if python == own {
            return abi == own || abi == "abi3" || abi == "none" || abi == format!("{own}m");
        }
        if matches!(python, "py3" | "cp3") {
            return abi == "none";
        }
        let older = |prefix: &str| {
            let minor = python.strip_prefix(prefix)?.parse::<u32>().ok()?;
            Some(minor <= self.minor)
        };
        (abi == "abi3" && older("cp3") == Some(true)) || (abi == "none" && older("py3") == Some(true))
    }

    fn fits_platform(&self, platform: &str) -> bool {
        platform == "any" || self.platforms().iter().any(|own| own == platform)
    }
}

/// `Python 3.13 on arm64 Linux with glibc 2.34`.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            minor,
            architecture,
            glibc,
        } = self;
        write!(f, "Python 3.{minor} on {architecture} Linux with glibc 2.{glibc}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheels_fit_by_python_machine_and_glibc() {
        let new = Target::new(13, Architecture::X86_64, 34);
        let old = Target::new(11, Architecture::Arm64, 26);
        for (file, on_new, on_old) in [
            ("six-1.17.0-py2.py3-none-any.whl", true, true),
            (
                "a-1-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
                true,
                false,
            ),
            (
                "a-1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
                false,
                true,
            ),
            ("a-1-cp311-cp311-manylinux_2_28_aarch64.whl", false, false),
            ("a-1-cp311-cp311-manylinux_2_26_aarch64.whl", false, true),
            ("a-1-cp39-abi3-manylinux_2_34_x86_64.whl", true, false),
            ("a-1-cp313-cp313t-manylinux_2_17_x86_64.whl", false, false),
            ("a-1-cp314-abi3-manylinux_2_17_x86_64.whl", false, false),
            ("a-1-1-cp313-cp313-linux_x86_64.whl", true, false),
            ("a-1-cp313-cp313-musllinux_1_2_x86_64.whl", false, false),
            ("a-1-cp313-cp313-manylinux_2_35_x86_64.whl", false, false),
            ("a-1-py312-none-any.whl", true, false),
            ("a-1-cp312-none-any.whl", false, false),
            ("a-1-cp313-cp313-macosx_11_0_arm64.whl", false, false),
        ] {
            assert_eq!(new.fits(file), Some(on_new), "{file} on {new}");
            assert_eq!(old.fits(file), Some(on_old), "{file} on {old}");
        }
        assert_eq!(new.fits("a-1.tar.gz"), None);
        assert_eq!(new.fits("a.whl"), None);
    }

    #[test]
    fn runtimes_have_their_tags() {
        let of = |runtime: &str| Target::of(&RuntimeId::new(runtime).unwrap(), Architecture::X86_64);
        let platforms = of("python3.11").unwrap().platforms();
        assert_eq!(platforms[0], "manylinux_2_26_x86_64");
        assert_eq!(platforms[9..11], ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]);
        for (runtime, glibc, uv) in [
            ("python3.7", 17, "x86_64-manylinux2014"),
            ("python3.11", 26, "x86_64-manylinux2014"),
            ("python3.12", 34, "x86_64-manylinux_2_34"),
            ("python3.99", 34, "x86_64-manylinux_2_34"),
        ] {
            let target = of(runtime).unwrap();
            assert_eq!((target.glibc, target.uv_platform().as_str()), (glibc, uv), "{runtime}");
        }
        assert_eq!(of("nodejs24.x"), None);
    }
}
