//! Which lines of `allow` nobody uses, by what IAM remembers of a role's calls.
//!
//! IAM knows for every service when the role last called it, and for some actions when they were last
//! called; on which resource, it does not know. Nothing is proposed that this does not prove: only
//! removals, and only of what IAM follows. Attempts count as use, refused ones too.
//! Source: IAM user guide, "Refine permissions in AWS using last accessed information".

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::catalog::catalog;
use super::{Conditions, Effect, Grant, PolicyDocument, Source, Statement, index};
use crate::domain::arn::Place;
use crate::domain::config::Allow;

/// The rule about rights that nobody uses.
pub const UNUSED: &str = "P50";

/// What IAM remembers of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When the report was made; calls of the last four hours may be missing.
    pub as_of: Timestamp,
    /// By prefix, such as `s3`. A service that is missing is not known about.
    pub services: BTreeMap<String, ServiceUse>,
}

/// What IAM remembers of a role's calls of one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceUse {
    pub last: Option<Timestamp>,
    /// The actions that IAM follows one by one, by name.
    pub actions: BTreeMap<String, Option<Timestamp>>,
}

/// What to do about a line of `allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Which line, from 0.
    pub item: usize,
    /// The last call of any of its actions, as far as it is known.
    pub last: Option<Timestamp>,
    pub proposal: Proposal,
}

/// What becomes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// Used.
    Keep,
    /// None of it was used.
    Remove,
    /// Other verbs give what was used, and not these actions.
    Narrow { with: Vec<String>, unused: Vec<String> },
    /// These actions of a statement, counted from 0, were not used.
    Drop {
        actions: BTreeSet<usize>,
        unused: Vec<String>,
    },
    /// A part is not used, but there is no verb for the rest.
    Whole { unused: Vec<String> },
    /// IAM does not follow these actions.
    Untracked { actions: Vec<String> },
    /// The line says itself that it may look unused.
    Accepted,
    /// The role has not got the line yet.
    Undeployed,
}

/// How an action was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Within(Timestamp),
    /// Not within the period; the last call, if IAM remembers one.
    Unused(Option<Timestamp>),
    Untracked,
}

/// When the period ends that a use must lie in.
pub fn cutoff(history: &History, days: u32) -> Timestamp {
    history.as_of - SignedDuration::from_hours(24 * i64::from(days))
}

/// What to do about each line of `allow`, in their order. `deployed` is the policy that the role has.
pub fn tighten(
    allow: &[Allow],
    sources: &[Source],
    deployed: &PolicyDocument,
    history: &History,
    days: u32,
    place: &Place,
) -> Vec<Advice> {
    let judge = Judge {
        history,
        cutoff: cutoff(history, days),
        place,
    };
    let lines = sources.iter().filter(|source| source.key == "allow");
    let advice = lines.filter_map(|source| {
        let item = source.item?;
        Some(judge.advice(item, allow.get(item)?, &source.statements, deployed))
    });
    advice.collect()
}

struct Judge<'a> {
    history: &'a History,
    cutoff: Timestamp,
    place: &'a Place,
}

impl Judge<'_> {
    fn advice(&self, item: usize, line: &Allow, statements: &[Statement], deployed: &PolicyDocument) -> Advice {
        let actions: Vec<&String> = match line {
            Allow::Raw(raw) => raw.actions.iter().collect(),
            Allow::Grant(_) => statements.iter().flat_map(|statement| &statement.actions).collect(),
        };
        let uses: Vec<Use> = actions.iter().map(|action| self.use_of(action)).collect();
        let last = |of: &Use| match of {
            Use::Within(at) => Some(*at),
            Use::Unused(at) => *at,
            Use::Untracked => None,
        };
        let of = |wanted: fn(&Use) -> bool| -> Vec<String> {
            let pairs = actions.iter().zip(&uses).filter(|(_, of)| wanted(of));
            pairs.map(|(action, _)| (*action).clone()).collect()
        };
        let unused = of(|of| matches!(of, Use::Unused(_)));
        let untracked = of(|of| matches!(of, Use::Untracked));
        let proposal = if matches!(line, Allow::Raw(raw) if raw.accept.iter().any(|rule| rule == UNUSED)) {
            Proposal::Accepted
        } else if !statements.iter().all(|statement| is_live(statement, deployed)) {
            Proposal::Undeployed
        } else if unused.len() == actions.len() {
            Proposal::Remove
        } else if unused.is_empty() && untracked.is_empty() {
            Proposal::Keep
        } else if unused.is_empty() {
            Proposal::Untracked { actions: untracked }
        } else {
            self.part(line, &actions, unused)
        };
        Advice {
            item,
            last: uses.iter().filter_map(last).max(),
            proposal,
        }
    }

    /// What becomes of a line of which only a part is unused.
    fn part(&self, line: &Allow, actions: &[&String], unused: Vec<String>) -> Proposal {
        match line {
            Allow::Raw(_) => Proposal::Drop {
                actions: (0..actions.len()).filter(|at| unused.contains(actions[*at])).collect(),
                unused,
            },
            Allow::Grant(grant) => {
                let kept: BTreeSet<&String> = actions
                    .iter()
                    .copied()
                    .filter(|action| !unused.contains(action))
                    .collect();
                match finer(grant, &kept, self.place) {
                    Some(with) => Proposal::Narrow { with, unused },
                    None => Proposal::Whole { unused },
                }
            }
        }
    }

    fn use_of(&self, action: &str) -> Use {
        let Some((prefix, name)) = action.split_once(':') else {
            return Use::Untracked;
        };
        let service = self.history.services.get(&prefix.to_ascii_lowercase());
        // Signing in to a database is no call of an API. Source: RDS user guide, "IAM database authentication".
        let Some(service) = service.filter(|_| prefix != "rds-db") else {
            return Use::Untracked;
        };
        if service.last.is_none_or(|last| last < self.cutoff)
            && service.actions.values().all(|last| !self.is_recent(*last))
        {
            return Use::Unused(service.last);
        }
        if name.contains(['*', '?']) {
            return self.use_of_all(prefix, name);
        }
        let known = service
            .actions
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        match known {
            Some((_, Some(last))) if self.is_recent(Some(*last)) => Use::Within(*last),
            Some((_, last)) => Use::Unused(*last),
            None => Use::Untracked,
        }
    }

    /// Of a pattern, every action that it matches has a say.
    fn use_of_all(&self, prefix: &str, pattern: &str) -> Use {
        let service = index::service(prefix);
        let actions = service.iter().flat_map(|service| service.expand(pattern));
        let uses: Vec<Use> = actions
            .map(|action| self.use_of(&format!("{prefix}:{}", action.name)))
            .collect();
        let within = uses.iter().filter_map(|of| match of {
            Use::Within(at) => Some(*at),
            _ => None,
        });
        let unused = uses.iter().map(|of| match of {
            Use::Unused(at) => Some(*at),
            _ => None,
        });
        match (within.max(), unused.collect::<Option<Vec<_>>>()) {
            (Some(last), _) => Use::Within(last),
            (None, Some(lasts)) if !lasts.is_empty() => Use::Unused(lasts.into_iter().flatten().max()),
            _ => Use::Untracked,
        }
    }

    fn is_recent(&self, last: Option<Timestamp>) -> bool {
        last.is_some_and(|last| last >= self.cutoff)
    }
}

/// Whether the role has every right of a statement, in the words that lfn writes them with.
fn is_live(statement: &Statement, deployed: &PolicyDocument) -> bool {
    let has = |action: &String, resource: &String, conditions: &Conditions| {
        deployed.statements.iter().any(|other| {
            other.effect == Effect::Allow
                && other.conditions == *conditions
                && other.actions.contains(action)
                && other.resources.contains(resource)
        })
    };
    statement.actions.iter().all(|action| {
        let resources = &statement.resources;
        resources
            .iter()
            .all(|resource| has(action, resource, &statement.conditions))
    })
}

/// Lines with finer verbs for the same target that give these actions and nothing else, on nothing else.
fn finer(grant: &Grant, kept: &BTreeSet<&String>, place: &Place) -> Option<Vec<String>> {
    let whole = grant.statements(place);
    let line = grant.to_string();
    let (_, target) = line.split_once(' ')?;
    let verbs: BTreeSet<&str> = catalog().values().flat_map(super::catalog::Service::verbs).collect();
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut lines = Vec::new();
    for verb in verbs {
        let line = format!("{verb} {target}");
        let Ok(candidate) = Grant::parse(&line) else { continue };
        let statements = candidate.statements(place);
        let actions: BTreeSet<&String> = statements.iter().flat_map(|statement| &statement.actions).collect();
        let within = |statement: &Statement| {
            let outer = whole.iter().find(|outer| outer.conditions == statement.conditions);
            outer.is_some_and(|outer| statement.resources.is_subset(&outer.resources))
        };
        if actions.is_subset(kept)
            && statements.iter().all(within)
            && actions.iter().any(|action| !covered.contains(*action))
        {
            covered.extend(actions.into_iter().cloned());
            lines.push(line);
        }
    }
    (covered.len() == kept.len()).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::Config;
    use crate::domain::policy::samples::{config, ireland};
    use crate::domain::policy::{RawStatement, rights, sources};

    fn time(day: &str) -> Timestamp {
        format!("{day}T12:00:00Z").parse().unwrap()
    }

    /// A service, the day of its last use, and those of its actions.
    type Remembered<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    /// Ninety days before it is the 24th of August.
    fn history(services: &[Remembered<'_>]) -> History {
        let known = |day: &str| (!day.is_empty()).then(|| time(day));
        let services = services.iter().map(|(prefix, last, actions)| {
            let actions = actions.iter().map(|(name, last)| ((*name).to_owned(), known(last)));
            let last = known(last);
            let actions = actions.collect();
            ((*prefix).to_owned(), ServiceUse { last, actions })
        });
        History {
            as_of: time("2026-11-22"),
            services: services.collect(),
        }
    }

    fn raw(actions: &[&str], accept: &[&str]) -> Allow {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Allow::Raw(RawStatement {
            actions: owned(actions),
            resources: owned(&["*"]),
            when: BTreeMap::new(),
            because: Some("so".into()),
            accept: owned(accept),
        })
    }

    fn grant(line: &str) -> Allow {
        Allow::Grant(Grant::parse(line).unwrap())
    }

    fn advice(lines: &[Allow], history: &History) -> Vec<Advice> {
        let mut config = config();
        config.allow = lines.to_vec();
        let live = rights::policy(&config, &ireland());
        tighten(
            &config.allow,
            &sources(&config, &ireland()),
            &live,
            history,
            90,
            &ireland(),
        )
    }

    fn remembered() -> History {
        history(&[
            (
                "secretsmanager",
                "2026-11-21",
                &[("GetSecretValue", "2026-11-21"), ("PutSecretValue", "")],
            ),
            (
                "ssm",
                "2026-11-20",
                &[("GetParameter", "2026-08-01"), ("GetParameters", "2026-01-01")],
            ),
            ("sns", "2026-05-01", &[]),
            ("dynamodb", "", &[]),
            ("s3", "2026-11-01", &[("CreateBucket", "2026-11-01")]),
            ("kms", "2026-08-24", &[]),
            ("rds-db", "", &[]),
            (
                "states",
                "2026-11-22",
                &[
                    ("SendTaskSuccess", "2026-10-01"),
                    ("SendTaskFailure", ""),
                    ("SendTaskHeartbeat", ""),
                ],
            ),
        ])
    }

    #[test]
    fn a_line_goes_only_when_all_of_it_is_known_to_be_unused() {
        use Proposal::{Accepted, Drop, Keep, Remove, Untracked, Whole};
        let history = remembered();
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        for (line, last, proposal) in [
            (grant("get secret:prod/stripe"), "2026-11-21", Keep),
            (grant("read param:shop/key"), "2026-08-01", Remove),
            // Of a service that was not called at all, no action was.
            (grant("publish sns:alerts"), "2026-05-01", Remove),
            (grant("read dynamodb:orders"), "", Remove),
            (
                grant("get s3://shop/in/*"),
                "",
                Untracked {
                    actions: names(&["s3:GetObject"]),
                },
            ),
            // On the day that the period begins; of which action, IAM does not say.
            (
                grant("decrypt kms:12345678-1234-1234-1234-123456789012"),
                "",
                Untracked {
                    actions: names(&["kms:Decrypt"]),
                },
            ),
            // What IAM does not list, and what is no call.
            (
                grant("send sqs:fulfil"),
                "",
                Untracked {
                    actions: names(&["sqs:SendMessage"]),
                },
            ),
            (
                grant("connect rds:db-ABC/app"),
                "",
                Untracked {
                    actions: names(&["rds-db:connect"]),
                },
            ),
            (
                grant("callback states"),
                "2026-10-01",
                Whole {
                    unused: names(&["states:SendTaskFailure", "states:SendTaskHeartbeat"]),
                },
            ),
            (
                raw(
                    &[
                        "ssm:GetParameter",
                        "s3:CreateBucket",
                        "s3:GetObject",
                        "ssm:getparameters",
                    ],
                    &[],
                ),
                "2026-11-01",
                Drop {
                    actions: [0, 3].into(),
                    unused: names(&["ssm:GetParameter", "ssm:getparameters"]),
                },
            ),
            (raw(&["sns:Publish", "dynamodb:*"], &[]), "2026-05-01", Remove),
            (raw(&["dynamodb:*"], &["P50"]), "", Accepted),
            // Not every action of the pattern is followed.
            (
                raw(&["ssm:GetParameter*"], &[]),
                "",
                Untracked {
                    actions: names(&["ssm:GetParameter*"]),
                },
            ),
            (raw(&["secretsmanager:Get*"], &[]), "2026-11-21", Keep),
        ] {
            let expected = Advice {
                item: 0,
                last: (!last.is_empty()).then(|| time(last)),
                proposal,
            };
            assert_eq!(advice(std::slice::from_ref(&line), &history), [expected], "{line:?}");
        }
    }

    #[test]
    fn what_the_role_has_not_got_yet_is_no_news() {
        let mut config = config();
        config.allow = vec![grant("read dynamodb:orders"), grant("read dynamodb:new")];
        let deployed = Config {
            allow: config.allow[..1].to_vec(),
            ..config.clone()
        };
        let live = rights::policy(&deployed, &ireland());
        let history = history(&[("dynamodb", "", &[])]);
        let advice = tighten(
            &config.allow,
            &sources(&config, &ireland()),
            &live,
            &history,
            90,
            &ireland(),
        );
        let proposals: Vec<&Proposal> = advice.iter().map(|advice| &advice.proposal).collect();
        assert_eq!(proposals, [&Proposal::Remove, &Proposal::Undeployed]);
    }

    #[test]
    fn finer_verbs_must_give_exactly_what_is_left() {
        let kept =
            |actions: &[&str]| -> BTreeSet<String> { actions.iter().map(|action| (*action).to_owned()).collect() };
        for (line, actions, with) in [
            (
                "read param:shop/key",
                &["ssm:GetParameter"][..],
                Some("get param:shop/key"),
            ),
            ("read dynamodb:orders", &["dynamodb:Scan"], Some("scan dynamodb:orders")),
            ("write dynamodb:orders", &["dynamodb:Scan"], None),
            (
                "get s3://shop/in/*",
                &["s3:DeleteObject"],
                Some("delete s3://shop/in/*"),
            ),
            // A list has a condition that the line had not.
            ("get s3://shop/in/*", &["s3:ListBucket"], None),
        ] {
            let kept = kept(actions);
            let found = finer(&Grant::parse(line).unwrap(), &kept.iter().collect(), &ireland());
            assert_eq!(found, with.map(|line| vec![line.to_owned()]), "{line}");
        }
    }
}
