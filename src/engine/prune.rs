//! Published versions that nobody needs any more, and their archives: which they are (pure), and their
//! removal, which goes on past what cannot be deleted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::desired;
use super::stock::{Stock, Use, stock};
use super::wait::Stop;
use crate::domain::names::{BucketName, CodeDigest, FunctionName, Qualifier, Version};
use crate::ports::{Cloud, ErrorKind, PortError, PortResult, Snapshot};

/// Which versions may go. With both conditions, both must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// So many of the newest stay.
    pub keep: Option<usize>,
    /// Younger ones stay.
    pub older_than: Option<SignedDuration>,
}

/// A version that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leaving {
    pub version: Version,
    /// RFC 3339.
    pub published: String,
    /// Bytes of its archive, which count against the account's storage.
    pub size: u64,
    #[serde(skip)]
    pub digest: CodeDigest,
}

/// A version that the rule would let go, and why it stays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Staying {
    pub version: Version,
    pub uses: Vec<Use>,
}

/// What goes and what stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Prune {
    /// Oldest first.
    pub versions: Vec<Leaving>,
    /// What stays explains the choice and is no part of it.
    #[serde(skip)]
    pub stays: Vec<Staying>,
    /// How many more stay, since the rule keeps them.
    #[serde(skip)]
    pub kept: usize,
    pub archives: Option<Leftovers>,
}

/// Archives in lfn's bucket that no version needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leftovers {
    pub bucket: BucketName,
    pub keys: Vec<String>,
}

/// The function's archives in the bucket.
#[derive(Debug, Clone)]
pub struct Archives {
    pub bucket: BucketName,
    pub keys: Vec<String>,
}

impl Prune {
    /// Whether nothing goes.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty() && self.archives.is_none()
    }

    /// Bytes of the versions that go.
    pub fn bytes(&self) -> u64 {
        self.versions.iter().map(|leaving| leaving.size).sum()
    }
}

/// Decides which versions go. The newest one never does, nor one that something leads to. `coming` are those
/// that the same run publishes first.
pub fn decide(rule: Rule, stock: &Stock, coming: usize, now: Timestamp) -> Prune {
    let newest = rule.keep.unwrap_or(0).max(1).saturating_sub(coming);
    let total = stock.numbers().count();
    let ways_back = stock.ways_back();
    let perhaps = stock.perhaps_ways_back();
    let mut prune = Prune::default();
    for (index, (version, snapshot)) in stock.numbers().enumerate() {
        if index + newest >= total || !old_enough(rule, &snapshot.modified, now) {
            prune.kept += 1;
            continue;
        }
        let back = ways_back.get(&version).into_iter().flatten();
        let back = back.map(|alias| Use::WayBack { alias: alias.clone() });
        let perhaps = perhaps.get(&version).into_iter().flatten();
        let perhaps = perhaps.map(|alias| Use::PerhapsWayBack { alias: alias.clone() });
        let uses: Vec<Use> = stock.uses(version).into_iter().chain(back).chain(perhaps).collect();
        if uses.is_empty() {
            prune.versions.push(Leaving {
                version,
                published: snapshot.modified.clone(),
                size: snapshot.code_size,
                digest: snapshot.digest.clone(),
            });
        } else {
            prune.stays.push(Staying { version, uses });
        }
    }
    prune
}

/// A time that cannot be read is no reason to delete.
fn old_enough(rule: Rule, published: &str, now: Timestamp) -> bool {
    let Some(least) = rule.older_than else { return true };
    let published: Result<Timestamp, _> = published.parse();
    published.is_ok_and(|published| now.duration_since(published) >= least)
}

/// Archives that are none of those that are needed.
pub fn leftovers<'a>(
    archives: &Archives,
    name: &FunctionName,
    needed: impl IntoIterator<Item = &'a CodeDigest>,
) -> Option<Leftovers> {
    let needed: BTreeSet<String> = needed
        .into_iter()
        .map(|digest| desired::archive_key(name, digest))
        .collect();
    let keys = archives
        .keys
        .iter()
        .filter(|key| is_archive(key) && !needed.contains(*key));
    let keys: Vec<String> = keys.cloned().collect();
    (!keys.is_empty()).then(|| Leftovers {
        bucket: archives.bucket.clone(),
        keys,
    })
}

/// Whether lfn gave an object its name: the digest of an archive.
fn is_archive(key: &str) -> bool {
    let name = key.rsplit('/').next().and_then(|name| name.strip_suffix(".zip"));
    name.is_some_and(|name| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The digests that a function needs when these versions are gone.
pub fn needed<'a>(
    versions: &'a [Snapshot],
    gone: &'a BTreeSet<Version>,
    latest: &'a CodeDigest,
) -> impl Iterator<Item = &'a CodeDigest> {
    let stays = |snapshot: &&Snapshot| match snapshot.qualifier {
        Qualifier::Version(version) => !gone.contains(&version),
        Qualifier::Latest | Qualifier::Alias(_) => true,
    };
    versions
        .iter()
        .filter(stays)
        .map(|snapshot| &snapshot.digest)
        .chain([latest])
}

/// The function's archives; a bucket that is missing has none.
pub async fn archives(cloud: &Cloud, bucket: &BucketName, name: &FunctionName) -> PortResult<Option<Archives>> {
    let keys = cloud.artifacts.keys(bucket, &desired::archive_prefix(name)).await?;
    Ok((!keys.is_empty()).then(|| Archives {
        bucket: bucket.clone(),
        keys,
    }))
}

/// Whether a bucket is somebody else's or may not be looked into.
pub fn is_closed(error: &PortError) -> bool {
    matches!(error.kind, ErrorKind::Denied | ErrorKind::NotFound | ErrorKind::Invalid)
}

/// How a removal ended.
#[derive(Debug, Default)]
pub struct Pruned {
    pub versions: Vec<Leaving>,
    /// How many archives went.
    pub archives: usize,
    pub failed: Vec<Refused>,
    /// Whether it was ended before everything had its turn.
    pub interrupted: bool,
}

/// What could not be deleted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// `version 3`, or an archive's address.
    pub what: String,
    pub why: String,
}

impl Pruned {
    /// Bytes of the versions that went.
    pub fn bytes(&self) -> u64 {
        self.versions.iter().map(|leaving| leaving.size).sum()
    }

    /// Whether anything went.
    pub fn any(&self) -> bool {
        !self.versions.is_empty() || self.archives > 0
    }
}

/// A removal to be made.
pub struct Removal<'a> {
    pub cloud: &'a Cloud,
    pub name: &'a FunctionName,
    pub rule: Rule,
    pub prune: &'a Prune,
    /// The code that was deployed in the same run.
    pub coming: Option<&'a CodeDigest>,
    pub stop: &'a Stop,
}

impl Removal<'_> {
    /// Looks again, since a question may have been answered or an alias moved in between, and deletes what
    /// was named and still is not needed.
    pub async fn perform(&self, mut tell: impl FnMut(&str)) -> PortResult<Pruned> {
        let Self { cloud, name, prune, .. } = self;
        let mut pruned = Pruned::default();
        let stock = stock(cloud, name).await?;
        // Without them nobody knows which versions Lambda polls for.
        stock.sources.clone()?;
        let now = decide(self.rule, &stock, 0, Timestamp::now());
        let still: BTreeSet<Version> = now.versions.iter().map(|leaving| leaving.version).collect();
        let used: BTreeMap<Version, &Staying> = now.stays.iter().map(|staying| (staying.version, staying)).collect();
        let mut gone: BTreeSet<Version> = BTreeSet::new();
        for leaving in &prune.versions {
            if self.stop.requested() {
                pruned.interrupted = true;
                return Ok(pruned);
            }
            let what = format!("version {}", leaving.version);
            if !still.contains(&leaving.version) {
                if let Some(staying) = used.get(&leaving.version) {
                    let why = format!("it is in use by now: {}", words(&staying.uses));
                    pruned.failed.push(Refused { what, why });
                }
                continue;
            }
            tell(&what);
            match cloud.functions.delete_version(name, leaving.version).await {
                Err(error) if error.kind != ErrorKind::NotFound => pruned.failed.push(refused(what, &error)),
                _ => {
                    gone.insert(leaving.version);
                    pruned.versions.push(leaving.clone());
                }
            }
        }
        if let Some(Leftovers { bucket, keys }) = &prune.archives {
            let named = Archives {
                bucket: bucket.clone(),
                keys: keys.clone(),
            };
            let needed = needed(&stock.versions, &gone, &stock.latest).chain(self.coming);
            let keys = leftovers(&named, name, needed).map(|left| left.keys);
            for key in keys.unwrap_or_default() {
                if self.stop.requested() {
                    pruned.interrupted = true;
                    break;
                }
                let what = format!("s3://{bucket}/{key}");
                tell(&what);
                match cloud.artifacts.delete(bucket, &key).await {
                    Ok(()) => pruned.archives += 1,
                    Err(error) => pruned.failed.push(refused(what, &error)),
                }
            }
        }
        Ok(pruned)
    }
}

/// The service's own words say most.
fn refused(what: String, error: &PortError) -> Refused {
    Refused {
        what,
        why: error.to_string(),
    }
}

/// Uses, side by side.
pub fn words(uses: &[Use]) -> String {
    uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::{Architecture, Environment, FunctionSettings, LogFormat, Logging, Vpc};
    use crate::domain::ledger::{Ledger, Point};
    use crate::domain::names::{AliasName, LogGroupName, RuntimeId};
    use crate::engine::stock::Standing;
    use crate::ports::{EventSource, Lifecycle, State, UpdateStatus};

    const DAY: i64 = 86_400;

    fn digest(version: u64) -> CodeDigest {
        CodeDigest::from_sha256(&[u8::try_from(version).unwrap(); 32])
    }

    /// A version that was published on the day of its number.
    fn snapshot(version: u64) -> Snapshot {
        let published = Timestamp::from_second(i64::try_from(version).unwrap() * DAY).unwrap();
        Snapshot {
            name: FunctionName::new("thumbs").unwrap(),
            qualifier: Qualifier::Version(Version(version)),
            settings: FunctionSettings {
                description: String::new(),
                role: "arn:aws:iam::123456789012:role/thumbs".parse().unwrap(),
                runtime: RuntimeId::new("python3.13").unwrap(),
                handler: "app.handler".into(),
                memory: 128,
                timeout: 3,
                ephemeral_storage: 512,
                environment: Environment::default(),
                kms_key: None,
                layers: Vec::new(),
                vpc: Vpc::default(),
                dead_letter: None,
                tracing: false,
                snap_start: false,
                file_system: None,
                logging: Logging {
                    format: LogFormat::Text,
                    level: None,
                    system_level: None,
                    group: LogGroupName::new("/aws/lambda/thumbs").unwrap(),
                },
            },
            architecture: Architecture::X86_64,
            digest: digest(version),
            code_size: 100 + version,
            revision: String::new(),
            lifecycle: Lifecycle {
                state: State::Active,
                update: UpdateStatus::Successful,
                reason: None,
            },
            modified: published.to_string(),
            snap_started: false,
        }
    }

    fn alias(name: &str, past: &[u64], now: u64) -> Standing {
        let mut ledger = Ledger::default();
        let mut at = None;
        for version in past.iter().chain([&now]) {
            let to = Point::at(Version(*version));
            ledger = ledger.moved(at.replace(to.clone()), to);
        }
        Standing {
            name: AliasName::new(name).unwrap(),
            now: Point::at(Version(now)),
            ledger,
        }
    }

    /// Versions 1 to 9 and these aliases.
    fn nine(aliases: Vec<Standing>) -> Stock {
        Stock {
            latest: digest(9),
            versions: (1..=9).map(snapshot).collect(),
            aliases,
            provisioned: BTreeMap::new(),
            sources: Ok(Vec::new()),
        }
    }

    fn keep(count: usize) -> Rule {
        Rule {
            keep: Some(count),
            older_than: None,
        }
    }

    fn going(prune: &Prune) -> Vec<u64> {
        prune.versions.iter().map(|leaving| leaving.version.0).collect()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(10 * DAY).unwrap()
    }

    #[test]
    fn the_newest_stay_and_both_conditions_must_hold() {
        let stock = nine(Vec::new());
        let decided = |keep, days: Option<i64>| {
            let older_than = days.map(|days| SignedDuration::from_hours(days * 24));
            going(&decide(Rule { keep, older_than }, &stock, 0, now()))
        };
        assert_eq!(decided(Some(7), None), [1, 2]);
        assert_eq!(decided(None, Some(7)), [1, 2, 3]);
        assert_eq!(decided(Some(8), Some(7)), [1]);
        assert_eq!(decided(Some(3), Some(8)), [1, 2]);
        assert_eq!(decided(Some(9), None), [0; 0]);
        // The newest one never goes.
        assert_eq!(decided(Some(0), None), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(decided(None, Some(0)), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn an_age_that_cannot_be_read_is_no_reason_to_remove() {
        let mut stock = nine(Vec::new());
        stock.versions[0].modified = "long ago".into();
        let older_than = Some(SignedDuration::from_hours(24));
        let prune = decide(Rule { keep: None, older_than }, &stock, 0, now());
        assert_eq!(going(&prune)[0], 2);
    }

    #[test]
    fn whatever_leads_to_a_version_keeps_it() {
        let mut split = alias("split", &[], 3);
        split.now = Point::new(Some(Version(3)), &BTreeMap::from([(Version(2), 0.1)]));
        let mut stock = nine(vec![alias("live", &[1, 5, 6, 7], 9), split]);
        stock.provisioned = BTreeMap::from([
            (Qualifier::Version(Version(4)), 2),
            // That of an alias is covered by the alias.
            (Qualifier::Alias(AliasName::new("live").unwrap()), 2),
        ]);
        let source = |qualifier| EventSource {
            id: "1".into(),
            source: None,
            qualifier,
        };
        stock.sources = Ok(vec![source(Qualifier::Version(Version(8))), source(Qualifier::Latest)]);
        let prune = decide(keep(1), &stock, 0, now());
        assert_eq!(going(&prune), [1, 5]);
        assert_eq!((prune.kept, prune.bytes()), (1, 206));
        let why: Vec<String> = prune
            .stays
            .iter()
            .map(|staying| format!("{} {}", staying.version, words(&staying.uses)))
            .collect();
        let expected = [
            "2 split 10%",
            "3 split 90%, rollback of split",
            "4 2 provisioned",
            "6 rollback of live",
            "7 rollback of live",
            "8 mapping of 1",
        ];
        assert_eq!(why, expected);
    }

    #[test]
    fn where_a_ledger_does_not_reach_what_may_be_meant_stays() {
        // Nothing is known of `live`; of `shop`, one way back; `new` was simply made for version 9.
        let bare = Standing {
            ledger: Ledger::default(),
            ..alias("live", &[], 5)
        };
        let one = Standing {
            ledger: Ledger::default().moved(Some(Point::at(Version(7))), Point::at(Version(8))),
            ..alias("shop", &[], 8)
        };
        let prune = decide(keep(1), &nine(vec![bare, one, alias("new", &[], 9)]), 0, now());
        assert_eq!(going(&prune), [1, 2]);
        let why: Vec<String> = prune
            .stays
            .iter()
            .map(|staying| format!("{} {}", staying.version, words(&staying.uses)))
            .collect();
        let expected = [
            "3 perhaps rollback of live, whose history is unknown",
            "4 perhaps rollback of live, whose history is unknown",
            "5 live",
            "6 perhaps rollback of shop, whose history is unknown",
            "7 rollback of shop",
            "8 shop",
        ];
        assert_eq!(why, expected);
    }

    #[test]
    fn what_a_deploy_is_about_to_do_counts_as_done() {
        let stock = nine(vec![alias("live", &[6, 7, 8], 9)]);
        let live = AliasName::new("live").unwrap();
        // As it is, 9 is live, 8 and 7 are its ways back.
        assert_eq!(going(&decide(keep(1), &stock, 0, now())), [1, 2, 3, 4, 5, 6]);
        // Once 10 is published and live, 9 and 8 are.
        let after = stock.after_move(&live, None);
        assert_eq!(going(&decide(keep(1), &after, 1, now())), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(going(&decide(keep(5), &after, 1, now())), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn archives_of_what_stays_stay() {
        let name = FunctionName::new("thumbs").unwrap();
        let stock = nine(Vec::new());
        let key = |version| desired::archive_key(&name, &digest(version));
        let archives = Archives {
            bucket: BucketName::new("archives").unwrap(),
            // Of 20 there is no version any more; the last one is not of lfn's making.
            keys: vec![key(1), key(2), key(9), key(20), key(30), "lfn/thumbs/notes.zip".into()],
        };
        let gone = BTreeSet::from([Version(1)]);
        let coming = digest(30);
        let needed = needed(&stock.versions, &gone, &stock.latest).chain([&coming]);
        let left = leftovers(&archives, &name, needed).map(|left| left.keys);
        assert_eq!(left, Some(vec![key(1), key(20)]));
    }
}
