//! Where a target is known to differ from AWS. Each entry says what it does instead.

/// A known difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// `PublishVersion` ignores `CodeSha256`.
    PublishIgnoresDigest,
    /// `CreateFunction` and `UpdateFunctionConfiguration` drop `KMSKeyArn`.
    KmsKeyDropped,
    /// A version that an alias points at can be deleted.
    UsedVersionsDeletable,
    /// An alias can be made for a version that does not exist.
    AliasOfNothing,
    /// `LogType=Tail` gives the function's own lines alone, without START, END and REPORT.
    TailWithoutReport,
    /// A function can be made with a role that does not exist.
    AnyRoleWillDo,
    /// Functions run without what is in their layers.
    LayersNotMounted,
    /// `AddPermission` and `RemovePermission` ignore `RevisionId`.
    PermissionsIgnoreRevision,
    /// The revision of an alias's policy is the function's, and a new permission leaves the alias's as it was.
    PolicyHasFunctionsRevision,
    /// A statement's id is taken for every alias once one has it.
    SidsOfAllAliases,
    /// The policy of a deleted alias is there again with the next alias of that name (and until then LocalEmu
    /// fails when it is asked for it).
    PolicyOutlivesAlias,
    /// Alexa's principal, which does not end in `.amazonaws.com`, is not known as a service.
    AlexaUnknown,
    /// The code of every version is that of `$LATEST`.
    VersionsShareCode,
    /// Nothing is remembered of what a role has called.
    NoHistory,
}

/// What one target is known to do otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Quirks {
    pub target: &'static str,
    known: &'static [Quirk],
}

pub const MINISTACK: Quirks = Quirks {
    target: "MiniStack",
    known: &[
        Quirk::PublishIgnoresDigest,
        Quirk::AliasOfNothing,
        Quirk::TailWithoutReport,
        Quirk::AnyRoleWillDo,
        Quirk::PermissionsIgnoreRevision,
        Quirk::PolicyHasFunctionsRevision,
        Quirk::SidsOfAllAliases,
        Quirk::PolicyOutlivesAlias,
        Quirk::AlexaUnknown,
        Quirk::VersionsShareCode,
    ],
};

pub const LOCALEMU: Quirks = Quirks {
    target: "LocalEmu",
    known: &[
        Quirk::KmsKeyDropped,
        Quirk::UsedVersionsDeletable,
        Quirk::AnyRoleWillDo,
        Quirk::LayersNotMounted,
        Quirk::PolicyOutlivesAlias,
        Quirk::AlexaUnknown,
        Quirk::NoHistory,
    ],
};

pub const EMBEDDED: Quirks = Quirks {
    target: "the embedded target",
    known: &[Quirk::NoHistory],
};

impl Quirks {
    /// The target's name in names of buckets, which are unique across accounts.
    pub fn known_as(self) -> String {
        self.target.to_lowercase().replace(' ', "-")
    }

    /// Whether this difference is known.
    pub fn has(self, quirk: Quirk) -> bool {
        self.known.contains(&quirk)
    }

    /// What AWS does must be seen, unless the difference is known; then it must not be.
    #[track_caller]
    pub fn check(self, quirk: Quirk, as_aws: bool, what: &str) {
        match (as_aws, self.has(quirk)) {
            (true, false) | (false, true) => {}
            (false, false) => panic!("{}: {what}", self.target),
            (true, true) => panic!("{} behaves as AWS does now; remove the quirk {quirk:?}", self.target),
        }
    }
}
