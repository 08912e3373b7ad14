//! `callers`: who else may invoke the function, as it is written.

use serde_json::{Value, json};

use super::findings::{Complaint, listed, nearest};
use super::node::{Kind, Node, Path};
use super::scalars::{Text, VARIABLE, text_of};
use super::shape::{Definitions, Field, List, Shape, shape};
use super::validate::Surroundings;
use super::{findings::Sink, marks::Mark};
use crate::domain::arn::Arn;
use crate::domain::names::{AccountId, InvalidName};
use crate::domain::policy::callers::{Caller, Identity, ServiceCaller};
use crate::domain::policy::senders::{SENDERS, Sender};

/// The rule of `lfn policy lint` for services that anybody could send.
const ANYBODY: &str = "P31";

/// One item: a short line, or a map.
#[derive(Debug, Clone)]
pub struct CallerItem(Caller);

shape! {
    /// Somebody else who may invoke the function.
    CallerMap {
        /// The account; of a service, the one whose resource it acts for.
        account: AccountId,
        /// One role of the account, with its path if it has one; the whole account without one.
        role: Text,
        /// One user of the account.
        user: Text,
        /// The ARN of a role or user, in place of `account` and `role`.
        arn: Text,
        /// Every account of this organisation, such as `o-a1b2c3d4e5`.
        organization: Text,
        /// A service such as `ses`, or its principal.
        service: Text,
        /// The ARN of what the service acts for; wildcards may stand in its last part.
        source: Arn,
        /// Of Alexa: the id of the skill.
        token: Text,
    }
}

impl Shape for CallerItem {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        if let Kind::Map(_) = node.kind {
            return CallerMap::read(node, sink)?.caller(node, sink).map(Self);
        }
        if let Kind::Int(_) = node.kind {
            // Says how an account is written.
            return AccountId::read(node, sink).map(|account| Self(Caller::Identity(Identity::account(account))));
        }
        let Some(Ok(text)) = text_of(node) else {
            sink.wrong_kind(node, SHORT);
            return None;
        };
        let caller = if text.starts_with("o-") {
            organization(text).map(Caller::Organization)
        } else {
            text.parse().map(Caller::Identity)
        };
        told(&node.at, caller, SHORT, sink).map(Self)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let text =
            format!("^([0-9]{{12}}(:(role|user)/.+)?|arn:[^:]+:iam::[0-9]{{12}}:.+|o-[a-z0-9]{{10,32}})$|{VARIABLE}");
        json!({ "anyOf": [{ "type": "string", "pattern": text }, CallerMap::schema(definitions)] })
    }
}

const SHORT: &str = "an account (`\"444455556666\"`), `444455556666:role/reader`, an organisation (`o-…`), or a map such as \
     `{ service: ses, source: ARN }`";

/// Reports what is wrong with a value.
pub(super) fn told<T>(at: &Path, result: Result<T, InvalidName>, expected: &str, sink: &Sink) -> Option<T> {
    let complain = |why: InvalidName| {
        sink.error(at, Complaint::new(why.to_string()).hint(format!("expected {expected}")));
    };
    result.map_err(complain).ok()
}

/// Source: Lambda API reference, `AddPermission`, `PrincipalOrgID`.
fn organization(text: &str) -> Result<String, InvalidName> {
    let id = text.strip_prefix("o-").unwrap_or_default();
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if (10..=32).contains(&id.len()) && id.chars().all(valid) {
        return Ok(text.to_owned());
    }
    Err(InvalidName(format!("`{text}` is not the id of an organisation")))
}

impl CallerMap {
    fn caller(self, node: &Node, sink: &Sink) -> Option<Caller> {
        let mut kinds = vec![
            ("service", self.service.present),
            ("organization", self.organization.present),
            ("arn", self.arn.present),
        ];
        kinds.retain(|(_, present)| *present);
        let kind = kinds.first().map_or("account", |(key, _)| *key);
        let goes_along: &[&str] = match kind {
            "service" => &["account", "source", "token"],
            "account" => &["role", "user"],
            _ => &[],
        };
        let mut alone = true;
        for (key, field) in self.keys() {
            if field.1 && key != kind && !goes_along.contains(&key) {
                let complaint = Complaint::new(format!("`{key}` does not go with `{kind}`"));
                sink.error_at_key(field.0, complaint.hint("one item is one caller; give each its own"));
                alone = false;
            }
        }
        if !alone {
            return None;
        }
        match kind {
            "service" => self.service(sink).map(Caller::Service),
            "organization" => {
                let Field { value, at, .. } = self.organization;
                let Text(text) = value?;
                told(&at, organization(&text), "an id such as `o-a1b2c3d4e5`", sink).map(Caller::Organization)
            }
            "arn" => {
                let Text(text) = self.arn.value?;
                let identity = text.parse();
                told(
                    &self.arn.at,
                    identity,
                    "an ARN such as `arn:aws:iam::444455556666:role/reader`",
                    sink,
                )
                .map(Caller::Identity)
            }
            _ => self.identity(node, sink).map(Caller::Identity),
        }
    }

    /// Every key: where it stands, and whether it does.
    fn keys(&self) -> [(&'static str, (&Path, bool)); 8] {
        fn of<T>(field: &Field<T>) -> (&Path, bool) {
            (&field.at, field.present)
        }
        [
            ("account", of(&self.account)),
            ("role", of(&self.role)),
            ("user", of(&self.user)),
            ("arn", of(&self.arn)),
            ("organization", of(&self.organization)),
            ("service", of(&self.service)),
            ("source", of(&self.source)),
            ("token", of(&self.token)),
        ]
    }

    fn identity(self, node: &Node, sink: &Sink) -> Option<Identity> {
        if !self.account.present {
            let complaint = Complaint::new(format!("`{}` names nobody", node.at.leaf()));
            sink.error(
                &node.at,
                complaint.hint("add `account`, `arn`, `organization` or `service`"),
            );
            return None;
        }
        if self.role.present && self.user.present {
            let complaint = Complaint::new("`user` does not go with `role`");
            sink.error_at_key(
                &self.user.at,
                complaint.hint("one item is one caller; give each its own"),
            );
            return None;
        }
        let account = self.account.value?;
        let identity = |field: Field<Text>, make: fn(AccountId, &str) -> Result<Identity, InvalidName>| {
            let Text(name) = field.value?;
            told(
                &field.at,
                make(account.clone(), &name),
                "its name, with its path if it has one",
                sink,
            )
        };
        match (self.role.present, self.user.present) {
            (true, _) => identity(self.role, Identity::role),
            (_, true) => identity(self.user, Identity::user),
            (false, false) => Some(Identity::account(account)),
        }
    }

    fn service(self, sink: &Sink) -> Option<ServiceCaller> {
        let Text(name) = self.service.value.as_ref()?;
        let sender = Sender::of(name);
        let principal = match principal(name, sender) {
            Ok(principal) => principal,
            Err(complaint) => {
                sink.error(&self.service.at, complaint);
                return None;
            }
        };
        if self.source.present && self.source.value.is_none() || self.account.present && self.account.value.is_none() {
            return None;
        }
        if let Some((at, complaint)) = self.objection(name, sender) {
            sink.error(at, complaint);
            return None;
        }
        Some(ServiceCaller {
            principal,
            source: self.source.value,
            account: self.account.value,
            token: self.token.value.map(|Text(token)| token),
        })
    }

    /// What speaks against letting this service in like this.
    fn objection(&self, name: &str, sender: Option<&Sender>) -> Option<(&Path, Complaint)> {
        let has_token = sender.is_some_and(Sender::has_token);
        if has_token != self.token.present {
            let (at, complaint) = if has_token {
                let complaint = Complaint::new("without a `token` every Alexa skill may invoke the function (P31)");
                (
                    &self.service.at,
                    complaint.hint("add the skill's id: `token: amzn1.ask.skill.…`"),
                )
            } else {
                let complaint = Complaint::new(format!("`{name}` sends no token; Alexa alone does"));
                (&self.token.at, complaint.hint("name the `source`"))
            };
            return Some((at, rule(complaint)));
        }
        if let Some(Text(token)) = &self.token.value {
            // Source: Lambda API reference, `AddPermission`, `EventSourceToken`.
            let valid = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if token.len() > 256 || !token.chars().all(valid) {
                let complaint = Complaint::new(format!("`{token}` is not the id of a skill"));
                return Some((&self.token.at, complaint.hint("it looks like `amzn1.ask.skill.…`")));
            }
        }
        if let Some(source) = &self.source.value {
            return self.objection_to_source(name, sender, source);
        }
        let sends_account = sender.is_none_or(|sender| sender.sends_account);
        if self.account.present && !sends_account {
            return Some((&self.account.at, unsent(name, has_token)));
        }
        if !has_token && !self.account.present {
            let example = sender
                .and_then(|sender| sender.source)
                .map_or("ARN", |(_, example)| example);
            let account = if sends_account { ", or its `account`" } else { "" };
            let complaint = Complaint::new(format!(
                "`{name}` may invoke the function for anybody, in every account (P31)"
            ));
            let hint = format!("add what it acts for, such as `source: {example}`{account}");
            return Some((&self.service.at, rule(complaint.hint(hint))));
        }
        None
    }

    fn objection_to_source(&self, name: &str, sender: Option<&Sender>, source: &Arn) -> Option<(&Path, Complaint)> {
        let at = &self.source.at;
        let known = sender.map(|sender| sender.source);
        if let Some(None) = known {
            let complaint = Complaint::new(format!("`{name}` sends no source"));
            return Some((at, complaint.hint("its `token` is enough")));
        }
        if let Some(Some((service, example))) = known
            && service != source.service
        {
            let complaint = Complaint::new(format!("`{name}` does not act for `{source}`"));
            return Some((at, complaint.hint(format!("its source looks like `{example}`"))));
        }
        // Source: Lambda API reference, `AddPermission`, `SourceArn`.
        if source.region.contains(['*', '?']) || !source.account.is_empty() && AccountId::new(&source.account).is_err()
        {
            let complaint = Complaint::new(format!("`{source}` has a wildcard in its region or account"));
            return Some((at, complaint.hint("Lambda takes wildcards in the last part alone")));
        }
        let account = self.account.value.as_ref()?;
        if sender.is_some_and(|sender| !sender.sends_account) {
            return Some((&self.account.at, unsent(name, false)));
        }
        if !source.account.is_empty() && source.account != account.as_str() {
            let complaint = Complaint::new(format!("`source` is of account {}, not of this one", source.account));
            return Some((&self.account.at, complaint.hint("leave `account` out: the ARN says it")));
        }
        None
    }
}

fn unsent(name: &str, has_token: bool) -> Complaint {
    let instead = if has_token {
        "its `token` is enough"
    } else {
        "name the `source` alone"
    };
    let complaint = Complaint::new(format!(
        "`{name}` does not send `aws:SourceAccount`, so it could never invoke (P31)"
    ));
    rule(complaint.hint(format!("leave `account` out: {instead}")))
}

fn rule(complaint: Complaint) -> Complaint {
    Complaint {
        rule: Some(ANYBODY),
        ..complaint
    }
}

/// The principal of a service: of a word that lfn knows, or as it is written.
fn principal(name: &str, sender: Option<&Sender>) -> Result<String, Complaint> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    let whole = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"];
    if whole.iter().any(|ending| name.ends_with(ending)) && name.chars().all(valid) {
        return Ok(name.to_owned());
    }
    if let Some(sender) = sender {
        return Ok(sender.principal.to_owned());
    }
    if name == "scheduler" {
        let complaint = Complaint::new("EventBridge Scheduler invokes as a role of its own, not as a service");
        return Err(complaint.hint("name that role as a caller, or write the schedule below `on`"));
    }
    let words = || SENDERS.iter().map(|sender| sender.word);
    let known = format!(
        "lfn knows {}, and any principal such as `lex.amazonaws.com`",
        listed(words(), "and")
    );
    let hint = match nearest(name, words()) {
        Some(near) => format!("did you mean `{near}`? {known}"),
        None => known,
    };
    Err(Complaint::new(format!("`{name}` is not a service")).hint(hint))
}

/// The callers in their places; nobody stands there twice.
pub fn callers(field: Field<List<CallerItem>>, around: &Surroundings<'_>) -> Vec<(Path, Caller)> {
    let List(items) = field.value.unwrap_or(List(Vec::new()));
    let mut sids = Vec::new();
    let mut callers = Vec::new();
    for (at, CallerItem(caller)) in items {
        let sid = caller.permission(around.place, Mark { line: 1, column: 1 }).sid;
        if sids.contains(&sid) {
            let complaint = Complaint::new("this caller stands in the list twice");
            around.sink.error(&at, complaint.hint("remove one of the two"));
        }
        sids.push(sid);
        callers.push((at, caller));
    }
    callers
}
