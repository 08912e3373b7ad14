//! What lfn asks CodeDeploy for: names, the way traffic goes over, the revision, the service role. Pure.
//!
//! CodeDeploy moves an alias in its own time and returns it when an alarm goes off, whether or not
//! anybody watches. An application stands for a function and a deployment group for an alias.
//! Every name derives from theirs, so that the next run and `lfn destroy` find what was made.

mod appspec;
mod role;
mod routing;

pub use self::appspec::AppSpec;
pub use self::role::{ServiceRole, own_tags, service_role, service_role_name};
pub use self::routing::Routing;

use sha2::{Digest as _, Sha256};

use super::names::{AliasName, CodeDigest, FunctionName};

/// The most alarms that a deployment group watches. Source: CodeDeploy API reference, `AlarmConfiguration`.
pub const ALARM_LIMIT: usize = 10;

/// The longest name of a deployment group. Source: CodeDeploy user guide, "CodeDeploy quotas".
const NAME_LIMIT: usize = 100;
/// Hexadecimal digits of the hash at the end of a shortened name.
const HASH_DIGITS: usize = 10;

/// The application of a function.
pub fn application(function: &FunctionName) -> String {
    format!("lfn-{function}")
}

/// The deployment group of an alias, which is also the name of the policy that lets CodeDeploy move it.
pub fn group(alias: &AliasName) -> String {
    shortened(alias.as_str(), NAME_LIMIT)
}

/// What the names of a function's own deployment configurations begin with: they have no tags. No
/// function has a full stop in its name, so that this is the beginning of no other one's.
pub fn configuration_prefix(function: &FunctionName) -> String {
    format!("lfn-{function}.")
}

/// A name that is too long is cut, and ends in a hash of the whole.
fn shortened(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let hash = CodeDigest::from_sha256(&Sha256::digest(name)).to_hex();
    format!("{}-{}", &name[..limit - HASH_DIGITS - 1], &hash[..HASH_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_derive_from_function_and_alias() {
        let function = FunctionName::new("thumbs").unwrap();
        assert_eq!(application(&function), "lfn-thumbs");
        assert_eq!(group(&AliasName::new("live").unwrap()), "live");
        let long = |end: &str| group(&AliasName::new(format!("{}{end}", "a".repeat(120))).unwrap());
        assert_eq!(long("b").len(), 100);
        assert_ne!(long("b"), long("c"));
    }

    /// CodeDeploy takes a hundred characters, and a function's name may have 64.
    #[test]
    fn the_longest_name_of_a_configuration_fits() {
        let function = FunctionName::new("f".repeat(64)).unwrap();
        let longest = Routing::Linear {
            percent: 50,
            minutes: 2880,
        };
        assert!(longest.configuration(&function).len() <= 100);
    }
}
