//! What `os`, `cpu` and `libc` of a package.json mean for a function.

use crate::domain::function::Architecture;

/// Where a function runs, in npm's words. Lambda's Node.js runtimes are Amazon Linux: Linux with glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    pub os: &'static str,
    pub cpu: &'static str,
    pub libc: &'static str,
}

impl Platform {
    /// The platform of functions with this architecture.
    pub fn of(architecture: Architecture) -> Self {
        Self {
            os: "linux",
            cpu: match architecture {
                Architecture::X86_64 => "x64",
                Architecture::Arm64 => "arm64",
            },
            libc: "glibc",
        }
    }

    /// Whether a package with these lists runs there.
    pub fn allows(&self, os: &[&str], cpu: &[&str], libc: &[&str]) -> bool {
        listed(os, self.os) && listed(cpu, self.cpu) && listed(libc, self.libc)
    }

    /// Whether a package's name says that it is a build for this platform, such as `@esbuild/linux-arm64`.
    pub fn is_named(&self, package: &str) -> bool {
        let mut words = package.split(['-', '/', '@', '_', '.']);
        words.clone().any(|word| word == self.os)
            && words.clone().any(|word| word == self.cpu)
            && !words.any(|word| word == "musl")
    }
}

/// Source: npm documentation, package.json, `os`: a list of what is allowed, or of what is not, after `!`.
fn listed(list: &[&str], value: &str) -> bool {
    let refused = list.iter().any(|item| item.strip_prefix('!') == Some(value));
    let mut wanted = list.iter().filter(|item| !item.starts_with('!')).peekable();
    !refused && (wanted.peek().is_none() || wanted.any(|item| *item == value || *item == "any"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_builds_tell_their_platform() {
        let arm = Platform::of(Architecture::Arm64);
        for (name, named) in [
            ("@img/sharp-linux-arm64", true),
            ("@esbuild/linux-arm64", true),
            ("@node-rs/crc32-linux-arm64-gnu", true),
            ("@node-rs/crc32-linux-arm64-musl", false),
            ("@img/sharp-linuxmusl-arm64", false),
            ("@img/sharp-linux-x64", false),
            ("@img/sharp-darwin-arm64", false),
            ("@esbuild/linux-arm", false),
            ("linux", false),
        ] {
            assert_eq!(arm.is_named(name), named, "{name}");
        }
    }

    #[test]
    fn lists_allow_and_refuse() {
        let arm = Platform::of(Architecture::Arm64);
        for (os, cpu, libc, allowed) in [
            (vec![], vec![], vec![], true),
            (vec!["linux"], vec!["arm64"], vec!["glibc"], true),
            (vec!["linux"], vec!["x64"], vec![], false),
            (vec!["darwin", "linux"], vec![], vec![], true),
            (vec!["!win32"], vec![], vec![], true),
            (vec!["!linux"], vec![], vec![], false),
            (vec!["any"], vec!["any"], vec![], true),
            (vec!["linux"], vec!["arm64"], vec!["musl"], false),
        ] {
            assert_eq!(arm.allows(&os, &cpu, &libc), allowed, "{os:?} {cpu:?} {libc:?}");
        }
        assert!(Platform::of(Architecture::X86_64).allows(&[], &["x64"], &[]));
    }
}
