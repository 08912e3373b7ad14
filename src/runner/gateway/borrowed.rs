//! Credentials of other roles that the function was given by STS through the endpoint: it signs with them, and
//! what it signs is passed on with them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::signature::Keys;

/// By the id of the key.
#[derive(Default)]
pub struct Borrowed(Mutex<BTreeMap<String, Session>>);

/// A session of another role.
#[derive(Clone)]
pub struct Session {
    pub keys: Keys,
    /// Whose it is: an ARN, where STS told it.
    pub principal: String,
}

impl Borrowed {
    pub fn get(&self, id: &str) -> Option<Session> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).cloned()
    }

    /// Keeps the credentials in an answer of STS, if there are any.
    pub fn remember(&self, answer: &[u8]) {
        if let Some(session) = session(&String::from_utf8_lossy(answer)) {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(session.keys.id.clone(), session);
        }
    }
}

fn session(xml: &str) -> Option<Session> {
    let credentials = element(xml, "Credentials")?;
    let user = element(xml, "AssumedRoleUser").or_else(|| element(xml, "FederatedUser"));
    let principal = user.and_then(|user| element(user, "Arn")).unwrap_or("another session");
    Some(Session {
        keys: Keys {
            id: element(credentials, "AccessKeyId")?.to_owned(),
            secret: element(credentials, "SecretAccessKey")?.to_owned(),
            token: element(credentials, "SessionToken").map(str::to_owned),
        },
        principal: principal.to_owned(),
    })
}

/// What stands in the first element of this name. STS's answers have neither attributes nor escapes there.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_of_an_answer_are_kept() {
        let borrowed = Borrowed::default();
        borrowed.remember(b"<GetCallerIdentityResponse><Arn>x</Arn></GetCallerIdentityResponse>");
        borrowed.remember(
            b"<AssumeRoleResponse xmlns=\"x\"><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn>\
              </AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>a/b+c</SecretAccessKey>\
              <SessionToken>t==</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        );
        let session = borrowed.get("ASIA1").unwrap();
        assert_eq!(session.principal, "arn:aws:sts::1:assumed-role/r/s");
        assert_eq!(
            (&*session.keys.secret, session.keys.token.as_deref()),
            ("a/b+c", Some("t=="))
        );
        assert!(borrowed.get("ASIA2").is_none());
    }
}
