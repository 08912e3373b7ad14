//! Which actions, resource types and condition keys every AWS service has, from `data/iam-index.bin`.
//!
//! A service is unpacked when it is asked for, so that knowing them all costs nothing at the start.
//! The data is right to about two per cent and a few weeks old: what it does not know may exist.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libdeflater::Decompressor;
use serde::{Deserialize, Serialize};

use super::catalog::nearest;
use super::glob::Pattern;

/// Made by `scripts/iam-index`, which describes the format.
static PACKED: &[u8] = include_bytes!("../../../data/iam-index.bin");

/// How many letters two names may differ in to be taken for the same word mistyped.
const NEAR: usize = 2;

struct Table {
    source: &'static str,
    updated: &'static str,
    /// A line for each service, sorted: prefix, offset, length, size. Most runs need one or two of them.
    services: &'static str,
    /// What offsets count from.
    start: usize,
}

/// Where the stream of a service lies, and its size when unpacked.
struct Place {
    offset: usize,
    length: usize,
    size: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table().expect("the embedded index has a table"));

fn table() -> Option<Table> {
    let end = PACKED.windows(2).position(|pair| pair == b"\n\n")?;
    let (head, services) = std::str::from_utf8(&PACKED[..end]).ok()?.split_once('\n')?;
    let ["lfn-iam-index", "1", source, updated] = head.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    Some(Table {
        source,
        updated,
        services,
        start: end + 2,
    })
}

impl Table {
    /// The prefix as it is written here, and where its service lies.
    fn find(&self, prefix: &str) -> Option<(&'static str, Place)> {
        let is_it = |line: &&'static str| line.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(' '));
        let line = self.services.lines().find(is_it)?;
        let [prefix, offset, length, size] = line.split(' ').collect::<Vec<_>>()[..] else {
            return None;
        };
        let place = Place {
            offset: self.start + offset.parse::<usize>().ok()?,
            length: length.parse().ok()?,
            size: size.parse().ok()?,
        };
        Some((prefix, place))
    }
}

/// The package the data comes from, with its version.
pub fn source() -> &'static str {
    TABLE.source
}

/// The day of the data: `2026-09-26`.
pub fn updated() -> &'static str {
    TABLE.updated
}

/// The prefixes of all services, sorted.
pub fn prefixes() -> impl Iterator<Item = &'static str> + Clone {
    let prefix = |line: &'static str| line.split_once(' ').map_or(line, |(prefix, _)| prefix);
    TABLE.services.lines().map(prefix)
}

/// The service with this prefix, in any case.
pub fn service(prefix: &str) -> Option<Service> {
    let (prefix, place) = TABLE.find(&prefix.to_ascii_lowercase())?;
    let mut json = vec![0; place.size];
    let packed = PACKED.get(place.offset..place.offset + place.length)?;
    Decompressor::new()
        .zlib_decompress(packed, &mut json)
        .expect("the embedded index unpacks");
    let raw: RawService = serde_json::from_slice(&json).expect("the embedded index is JSON");
    Some(raw.service(prefix))
}

/// The prefix that was probably meant.
pub fn nearest_prefix(prefix: &str) -> Option<&'static str> {
    closest(prefix, prefixes())
}

/// One AWS service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub prefix: &'static str,
    /// `Amazon SQS`.
    pub title: String,
    pub actions: Vec<Action>,
    pub resources: Vec<ResourceType>,
}

/// One action of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Without the prefix.
    pub name: String,
    pub level: Level,
    /// The types of resources it acts on; none means that only `*` will do.
    pub resources: Vec<ActionResource>,
    /// The service's own condition keys and the global ones that depend on the request.
    pub keys: Vec<Key>,
    pub dependent: Vec<String>,
}

/// A type of resource that an action acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResource {
    /// Its place in [`Service::resources`].
    pub index: usize,
    pub required: bool,
}

/// A type of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    pub name: String,
    /// `arn:{p}:sqs:{r}:{a}:*`
    pub arn: String,
    pub keys: Vec<Key>,
}

/// A condition key and what its values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `sqs:…`, `aws:RequestTag/${TagKey}`.
    pub name: String,
    pub kind: KeyKind,
    /// Whether a request may have several values for it.
    pub many: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    String,
    Bool,
    Numeric,
    Date,
    Arn,
    Address,
}

/// What an action does, as the Service Authorization Reference classes it. Later ones weigh more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Level {
    #[serde(rename(deserialize = "L", serialize = "list"), alias = "list")]
    List,
    #[serde(rename(deserialize = "R", serialize = "read"), alias = "read")]
    Read,
    #[serde(rename(deserialize = "T", serialize = "tagging"), alias = "tag")]
    Tagging,
    #[serde(rename(deserialize = "W", serialize = "write"), alias = "write")]
    Write,
    #[serde(rename(deserialize = "P", serialize = "permissions"), alias = "permissions")]
    PermissionsManagement,
}

impl Level {
    /// The level in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Tagging => "tagging",
            Self::Write => "write",
            Self::PermissionsManagement => "permissions",
        }
    }
}

impl Service {
    /// The action of this name, in any case.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions
            .iter()
            .find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// The actions that a name with `*` and `?` stands for.
    pub fn expand(&self, pattern: &str) -> Vec<&Action> {
        let pattern = Pattern::new(&pattern.to_ascii_lowercase());
        let actions = self.actions.iter();
        actions
            .filter(|action| pattern.matches(&action.name.to_ascii_lowercase()))
            .collect()
    }

    /// The action that was probably meant.
    pub fn nearest_action(&self, name: &str) -> Option<&Action> {
        let near = closest(name, self.actions.iter().map(|action| action.name.as_str()))?;
        self.action(near)
    }

    /// The types of resources that an action acts on.
    pub fn resources_of<'a>(&'a self, action: &'a Action) -> impl Iterator<Item = &'a ResourceType> {
        action
            .resources
            .iter()
            .filter_map(|used| self.resources.get(used.index))
    }
}

impl ResourceType {
    /// Everything that is a resource of this type.
    pub fn pattern(&self) -> Pattern {
        let arn = ["{p}", "{r}", "{a}"]
            .iter()
            .fold(self.arn.clone(), |arn, part| arn.replace(part, "*"));
        Pattern::arn(&arn)
    }
}

impl Key {
    /// Whether a policy that names `key` means this one: `aws:RequestTag/team` is `aws:RequestTag/${TagKey}`.
    pub fn is(&self, key: &str) -> bool {
        match self.name.split_once("${") {
            Some((stem, _)) => key
                .get(..stem.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(stem) && key.len() > stem.len()),
            None => self.name.eq_ignore_ascii_case(key),
        }
    }
}

/// The candidate at the smallest distance, if that is a slip; else one that is like it on the whole.
fn closest<'a>(word: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let lower = word.to_ascii_lowercase();
    let scored = candidates.clone().map(|candidate| {
        (
            strsim::damerau_levenshtein(&lower, &candidate.to_ascii_lowercase()),
            candidate,
        )
    });
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    if distance <= NEAR {
        Some(best)
    } else {
        nearest(word, candidates)
    }
}

/// The embedded form: see `scripts/iam-index`.
#[derive(Deserialize)]
struct RawService {
    n: String,
    r: Vec<RawResource>,
    k: Vec<String>,
    kt: String,
    a: BTreeMap<String, RawAction>,
}

#[derive(Deserialize)]
struct RawResource(String, String, #[serde(default)] Vec<usize>);

#[derive(Deserialize)]
struct RawAction(
    Level,
    #[serde(default)] Vec<isize>,
    #[serde(default)] Vec<usize>,
    #[serde(default)] Vec<String>,
);

impl RawService {
    fn service(self, prefix: &'static str) -> Service {
        let kinds: Vec<char> = self.kt.chars().collect();
        let key = |index: &usize| -> Option<Key> {
            let letter = kinds.get(*index)?;
            Some(Key {
                name: self.k.get(*index)?.clone(),
                kind: kind(*letter),
                many: letter.is_ascii_lowercase(),
            })
        };
        let keys = |indices: &[usize]| indices.iter().filter_map(key).collect();
        let actions = self
            .a
            .iter()
            .map(|(name, RawAction(level, used, indices, dependent))| Action {
                name: name.clone(),
                level: *level,
                resources: used.iter().map(|index| used_resource(*index)).collect(),
                keys: keys(indices),
                dependent: dependent.clone(),
            });
        let resources = self.r.iter().map(|RawResource(name, arn, indices)| ResourceType {
            name: name.clone(),
            arn: arn.clone(),
            keys: keys(indices),
        });
        Service {
            prefix,
            actions: actions.collect(),
            resources: resources.collect(),
            title: self.n.clone(),
        }
    }
}

fn used_resource(index: isize) -> ActionResource {
    ActionResource {
        // `-(index+1)`
        index: if index < 0 { !index } else { index }.unsigned_abs(),
        required: index >= 0,
    }
}

fn kind(letter: char) -> KeyKind {
    match letter.to_ascii_uppercase() {
        'B' => KeyKind::Bool,
        'N' => KeyKind::Numeric,
        'D' => KeyKind::Date,
        'A' => KeyKind::Arn,
        'I' => KeyKind::Address,
        _ => KeyKind::String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_unpacks() {
        let (mut actions, mut resources) = (0, 0);
        for prefix in prefixes() {
            let service = service(prefix).unwrap_or_else(|| panic!("{prefix}"));
            assert_eq!(service.prefix, prefix);
            for action in &service.actions {
                assert_eq!(
                    service.resources_of(action).count(),
                    action.resources.len(),
                    "{prefix}:{}",
                    action.name
                );
            }
            actions += service.actions.len();
            resources += service.resources.len();
        }
        assert!(
            prefixes().count() > 400 && actions > 20_000 && resources > 2_000,
            "{actions} {resources}"
        );
        assert!(source().contains("iam-data@") && updated() >= "2026-09-26");
    }

    #[test]
    fn a_service_says_what_its_actions_do_and_on_what() {
        let sqs = service("SQS").unwrap();
        assert_eq!(sqs.title, "Amazon SQS");
        let send = sqs.action("sendmessage").unwrap();
        assert_eq!((send.name.as_str(), send.level), ("SendMessage", Level::Write));
        let queues: Vec<_> = sqs.resources_of(send).collect();
        assert_eq!((queues.len(), queues[0].name.as_str()), (1, "queue"));
        assert!(queues[0].pattern().matches("arn:aws:sqs:eu-west-1:111122223333:jobs"));
        assert!(!queues[0].pattern().matches("arn:aws:sns:eu-west-1:111122223333:jobs"));
        assert!(sqs.action("ListQueues").unwrap().resources.is_empty());
        assert_eq!(sqs.action("AddPermission").unwrap().level, Level::PermissionsManagement);
        let tag = sqs.action("TagQueue").unwrap();
        assert!(tag.keys.iter().any(|key| key.is("aws:RequestTag/team")));
        assert!(tag.keys.iter().any(|key| key.is("AWS:tagkeys") && key.many));
        assert!(
            !tag.keys
                .iter()
                .any(|key| key.is("aws:RequestTag/") || key.is("aws:SourceArn"))
        );
        assert!(sqs.action("Nothing").is_none() && service("nothing").is_none());
    }

    #[test]
    fn wildcards_stand_for_the_actions_they_match() {
        let s3 = service("s3").unwrap();
        let names: Vec<_> = s3
            .expand("get?bject")
            .iter()
            .map(|action| action.name.clone())
            .collect();
        assert_eq!(names, ["GetObject"]);
        assert!(s3.expand("Get*").len() > 40);
        assert_eq!(s3.expand("*").len(), s3.actions.len());
        assert!(s3.expand("Nothing*").is_empty());
    }

    #[test]
    fn slips_find_what_was_meant() {
        let name = |prefix: &str, name: &str| {
            service(prefix)
                .unwrap()
                .nearest_action(name)
                .map(|action| action.name.clone())
        };
        assert_eq!(name("s3", "GetObjct").as_deref(), Some("GetObject"));
        assert_eq!(name("sqs", "RecieveMessage").as_deref(), Some("ReceiveMessage"));
        assert_eq!(name("sqs", "Zzzzzz"), None);
        assert_eq!(nearest_prefix("dynamdb"), Some("dynamodb"));
        assert_eq!(nearest_prefix("labmda"), Some("lambda"));
        assert_eq!(nearest_prefix("qqqqqqqqqq"), None);
    }
}
