//! What a request is answered with: a refusal, or the answer of the service that it is passed on to.

use jiff::Timestamp;

use super::borrowed::Session;
use super::sent::Sent;
use super::{Mode, Shared};
use crate::domain::calls::refusal::{Fault, Refusal};
use crate::domain::calls::{self, Call, Protocol, Service, Unnamed};
use crate::domain::enforce::{Passed, Ruled, Ruling};
use crate::domain::signature::{Flaw, Keys, Scope, Signature};
use crate::ports::{ErrorKind, Incoming, Outgoing, Pieces, PortResult};
use crate::runner::random_id;

pub enum Answer {
    Refused(Refusal),
    Passed(Incoming),
}

/// How errors have to be written for a request.
struct Voice {
    service: Service,
    protocol: Protocol,
    is_head: bool,
}

impl Voice {
    /// Of a request that was not named, by the service of its signature.
    fn guess(sent: &Sent, name: &str) -> Self {
        Self {
            service: Service::signed(name),
            protocol: sent.protocol(name),
            is_head: sent.method == "HEAD",
        }
    }

    fn of(sent: &Sent, call: &Call) -> Self {
        Self {
            service: call.service.clone(),
            protocol: call.protocol,
            is_head: sent.method == "HEAD",
        }
    }

    fn say(&self, fault: &Fault) -> Answer {
        let id = random_id().unwrap_or_default();
        Answer::Refused(fault.answer(&self.service, self.protocol, &id, self.is_head))
    }

    fn refuse(&self, code: &str, message: impl Into<String>) -> Answer {
        self.say(&Fault {
            status: 403,
            code: code.to_owned(),
            message: message.into(),
        })
    }
}

/// The refusal of a body that is larger than what is kept in memory.
pub fn too_large(sent: &Sent) -> Refusal {
    let fault = Fault {
        status: 400,
        code: "EntityTooLarge".to_owned(),
        message: "lfn passes on bodies of up to 256 MB: upload in parts, or run the function without `--enforce`"
            .to_owned(),
    };
    let name = Signature::read(&sent.request(), "").map_or_else(|_| "s3".to_owned(), |read| read.scope.service);
    let voice = Voice::guess(sent, &name);
    fault.answer(&voice.service, voice.protocol, "lfn", voice.is_head)
}

pub async fn answer(shared: &Shared, sent: Sent) -> Answer {
    let signature = match Signature::read(&sent.request(), shared.judge.place.region.as_str()) {
        Ok(signature) => signature,
        Err(flaw) => return shared.unsigned(&sent, &flaw),
    };
    let voice = Voice::guess(&sent, &signature.scope.service);
    let session = shared.borrowed.get(&signature.key);
    let keys = match &session {
        Some(session) => &session.keys,
        None if signature.key == shared.keys.id => &shared.keys,
        None => return shared.unknown_key(&voice, &signature.key),
    };
    if !signature.holds(&sent.request(), keys) {
        let message = "the signature is not one that these keys make for this request";
        return shared.reject((&sent.method, &sent.path), &voice, "SignatureDoesNotMatch", message);
    }
    if signature.is_over(&sent.request(), Timestamp::now()) {
        let message = "Request has expired";
        return shared.reject((&sent.method, &sent.path), &voice, "AccessDenied", message);
    }
    let (method, path) = (sent.method.clone(), sent.path.clone());
    let Some(sent) = sent.in_one_piece() else {
        let message = "the chunks of the body could not be read";
        return shared.reject((&method, &path), &voice, "IncompleteBody", message);
    };
    let sent = sent.in_place(&signature.scope.service);
    match (calls::name(&sent.request(), &shared.judge.place), session) {
        (Err(Unnamed::Ambiguous { why }), _) => shared.ambiguous(&voice, &why),
        (Ok(call), _) if gives_own_keys(&call) => shared.own_keys(&Voice::of(&sent, &call), &call),
        (named, Some(session)) => {
            shared
                .as_another(&sent, &signature.scope, named.ok().as_ref(), session)
                .await
        }
        (Ok(call), None) => shared.call(&sent, &signature.scope, &call).await,
        (Err(unnamed), None) => shared.unnamed(&sent, &signature.scope, &unnamed).await,
    }
}

impl Shared {
    /// Whether a request, of which the head is enough, says that it is signed with keys that are known here.
    pub fn knows(&self, head: &Sent) -> bool {
        let signature = Signature::read(&head.request(), "");
        signature.is_ok_and(|read| read.key == self.keys.id || self.borrowed.get(&read.key).is_some())
    }

    /// A call that is the function's own, and named.
    async fn call(&self, sent: &Sent, scope: &Scope, call: &Call) -> Answer {
        let voice = Voice::of(sent, call);
        if call.service == Service::Sts && call.operation == "GetCallerIdentity" {
            return self.identity();
        }
        let ruled = self.judge.rule(call);
        if ruled.is_empty() {
            let what = named(call);
            let is_open = call.service == Service::Sts && call.operation.starts_with("AssumeRoleWith");
            if self.mode == Mode::Enforce && !is_open {
                self.seen().other(what, Passed::Refused);
                let message = "lfn cannot tell which rights this call needs: it names no resource";
                return voice.refuse("AccessDenied", message);
            }
            self.seen().other(what, Passed::Passed);
        }
        if self.mode == Mode::Enforce
            && let Some(answer) = self.denial(&voice, &ruled)
        {
            return answer;
        }
        self.seen().let_through(&ruled);
        match self.pass(sent, scope, host_prefix(call), None, &voice).await {
            Answer::Passed(incoming) if incoming.status == 404 => self.absent(call, &voice, incoming).await,
            answer => answer,
        }
    }

    /// The answer that something is not there, which S3 does not tell everybody. Of a bucket it does.
    async fn absent(&self, call: &Call, voice: &Voice, mut incoming: Incoming) -> Answer {
        let Some((object, absence)) = self.judge.absence(call) else {
            return Answer::Passed(incoming);
        };
        // An answer to `HEAD` does not say what is missing.
        if !voice.is_head {
            let (status, headers, body) = match gathered(incoming).await {
                Ok(gathered) => gathered,
                Err(broken) => return Answer::Passed(broken),
            };
            let is_object = String::from_utf8_lossy(&body).contains("<Code>NoSuchKey</Code>");
            incoming = whole(status, headers, body);
            if !is_object {
                return Answer::Passed(incoming);
            }
        }
        self.seen().absent(object);
        if self.mode == Mode::Learn {
            self.seen().let_through(&[absence]);
            return Answer::Passed(incoming);
        }
        self.denial(voice, &[absence]).unwrap_or(Answer::Passed(incoming))
    }

    /// The refusal for the first need that the role denies.
    fn denial(&self, voice: &Voice, ruled: &[Ruled]) -> Option<Answer> {
        let denied = ruled.iter().find_map(|ruled| match &ruled.ruling {
            Ruling::Denied(reason) => Some((&ruled.need, *reason)),
            Ruling::Allowed | Ruling::Depends(_) => None,
        });
        let (need, reason) = denied?;
        self.seen().refused(need);
        let principal = self.judge.principal();
        let fault = Fault::denied(&voice.service, voice.protocol, &principal, need, reason);
        Some(voice.say(&fault))
    }

    /// A call with credentials of another role, which that role answers for.
    async fn as_another(&self, sent: &Sent, scope: &Scope, call: Option<&Call>, session: Session) -> Answer {
        let Session { keys, principal } = session;
        let what = call.map_or_else(|| format!("a call of {}", scope.service), named);
        self.seen().other(format!("{what} as {principal}"), Passed::Passed);
        let voice = Voice::guess(sent, &scope.service);
        let prefix = call.map_or("", host_prefix);
        self.pass(sent, scope, prefix, Some(keys), &voice).await
    }

    /// A call whose needs are not known.
    async fn unnamed(&self, sent: &Sent, scope: &Scope, unnamed: &Unnamed) -> Answer {
        let voice = Voice::guess(sent, &scope.service);
        let what = about(unnamed, scope);
        let ruled = match unnamed {
            Unnamed::OtherService { service, operation } => self.judge.rule_on_service(service, operation.as_deref()),
            Unnamed::Unsigned
            | Unnamed::Ambiguous { .. }
            | Unnamed::UnknownOperation { .. }
            | Unnamed::Unreadable { .. } => None,
        };
        match ruled {
            // The file allows it on something.
            Some(Ruled {
                ruling: Ruling::Allowed,
                grounds,
                ..
            }) => {
                let mut seen = self.seen();
                seen.use_grounds(&grounds);
                seen.other(what, Passed::Passed);
            }
            Some(ruled) if self.mode == Mode::Enforce => {
                if let Some(answer) = self.denial(&voice, &[ruled]) {
                    return answer;
                }
            }
            None if self.mode == Mode::Enforce => {
                self.seen().other(what, Passed::Refused);
                let message =
                    format!("lfn cannot tell which rights this call needs: {unnamed}; `--learn` lets it through");
                return voice.refuse("AccessDenied", message);
            }
            Some(ruled) => self.seen().let_through(&[ruled]),
            None => self.seen().other(what, Passed::Passed),
        }
        self.pass(sent, scope, "", None, &voice).await
    }

    fn unsigned(&self, sent: &Sent, flaw: &Flaw) -> Answer {
        let what = format!("{} {} ({flaw})", sent.method, sent.path);
        self.seen().other(what, Passed::Refused);
        let voice = Voice::guess(sent, "s3");
        voice.refuse(
            "MissingAuthenticationToken",
            format!("lfn passes on signed requests only: {flaw}"),
        )
    }

    /// A request that no service takes, whatever the role may do.
    fn reject(&self, (method, path): (&str, &str), voice: &Voice, code: &str, message: &str) -> Answer {
        let what = format!("{method} {path} ({message})");
        self.seen().other(what, Passed::Refused);
        voice.refuse(code, message)
    }

    /// A request that the service may take for another than the one that was judged goes nowhere, not even with
    /// `--learn`.
    fn ambiguous(&self, voice: &Voice, why: &str) -> Answer {
        self.seen()
            .other("a request that may be read in two ways", Passed::Refused);
        let message = format!("lfn passes on only what can be read in one way: {why}");
        voice.refuse("AccessDenied", message)
    }

    /// Keys of the caller, which a role's session gets from no service.
    fn own_keys(&self, voice: &Voice, call: &Call) -> Answer {
        let operation = &call.operation;
        self.seen().other(format!("sts:{operation}"), Passed::Refused);
        let message = format!(
            "Cannot call {operation} with session credentials: in AWS the function runs as its role, and STS gives no \
             such keys to a role"
        );
        voice.refuse("AccessDenied", message)
    }

    fn unknown_key(&self, voice: &Voice, key: &str) -> Answer {
        let what = format!("a request signed with the key {key}");
        self.seen().other(what, Passed::Refused);
        let message = format!(
            "the key {key} is neither the function's own nor one that STS gave it in this run; lfn passes on no others"
        );
        voice.refuse("InvalidClientTokenId", message)
    }

    /// Who the function is, as STS would tell it in AWS.
    fn identity(&self) -> Answer {
        let principal = self.judge.principal();
        let session = principal.rsplit('/').next().unwrap_or_default();
        let account = self.judge.place.account.as_str();
        let id = random_id().unwrap_or_default();
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>{principal}</Arn><UserId>AROALFNLOCAL:{session}</UserId><Account>{account}</Account>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        );
        Answer::Passed(whole(
            200,
            vec![("content-type".to_owned(), "text/xml".to_owned())],
            body.into_bytes(),
        ))
    }

    async fn pass(
        &self,
        sent: &Sent,
        scope: &Scope,
        prefix: &'static str,
        keys: Option<Keys>,
        voice: &Voice,
    ) -> Answer {
        let unsent = |why: &str| {
            let what = match calls::name(&sent.request(), &self.judge.place) {
                Ok(call) => named(&call),
                Err(unnamed) => about(&unnamed, scope),
            };
            self.seen().other(format!("{what}: {why}"), Passed::Unsent);
        };
        let Some(relay) = &self.relay else {
            let why = "lfn found no AWS credentials";
            unsent(why);
            return voice.say(&nowhere(why));
        };
        let changed = (scope.service == "sqs")
            .then(|| self.queues.outward(&sent.body))
            .flatten();
        let outgoing = Outgoing {
            method: sent.method.clone(),
            path: sent.path.clone(),
            query: sent.onward_query(),
            headers: sent.onward_headers(),
            body: changed.unwrap_or_else(|| sent.body.clone()),
            scope: scope.clone(),
            host_prefix: prefix,
            keys,
        };
        match relay.send(outgoing).await {
            Ok(incoming) => self.look(&scope.service, incoming).await,
            Err(error) => {
                unsent(&error.message);
                if error.kind != ErrorKind::Unreachable {
                    return voice.say(&nowhere(&error.message));
                }
                voice.say(&Fault {
                    // SDKs try again.
                    status: 503,
                    code: "ServiceUnavailable".to_owned(),
                    message: format!("lfn passed the call on: {}", error.message),
                })
            }
        }
    }

    /// Looks into the answers that have something in them which the endpoint has to know.
    async fn look(&self, service: &str, incoming: Incoming) -> Answer {
        if !matches!(service, "sts" | "sqs") || incoming.status != 200 {
            return Answer::Passed(incoming);
        }
        let (status, headers, mut bytes) = match gathered(incoming).await {
            Ok(gathered) => gathered,
            Err(broken) => return Answer::Passed(broken),
        };
        if service == "sts" {
            self.borrowed.remember(&bytes);
        } else if let Some(changed) = self.queues.answer(&bytes) {
            bytes = changed;
        }
        Answer::Passed(whole(status, headers, bytes))
    }
}

/// Whether STS would answer with keys of whoever signs, which is the caller here: they are for users only.
/// Source: IAM user guide, "Compare AWS STS credentials".
fn gives_own_keys(call: &Call) -> bool {
    let is = |name: &str| call.operation.eq_ignore_ascii_case(name);
    call.service == Service::Sts && (is("GetSessionToken") || is("GetFederationToken"))
}

/// An error that no SDK tries to get over by asking again.
fn nowhere(why: &str) -> Fault {
    Fault {
        status: 400,
        code: "NoUpstream".to_owned(),
        message: format!(
            "lambda.yaml allows this call, and lfn has nowhere to send it: {why}; set `AWS_PROFILE` or `AWS_ACCESS_KEY_ID` \
             for an account, and `AWS_ENDPOINT_URL` for a server of your own"
        ),
    }
}

/// What stands before the name of the service's host. Source: the `endpoint` traits of the services' models.
fn host_prefix(call: &Call) -> &'static str {
    match (&call.service, call.operation.as_str()) {
        (Service::StepFunctions, "StartSyncExecution" | "TestState") => "sync-",
        (Service::Logs, "StartLiveTail" | "GetLogObject") => "streaming-",
        _ => "",
    }
}

/// An answer with all of its body, or broken off here as it was there.
async fn gathered(incoming: Incoming) -> Result<(u16, Vec<(String, String)>, Vec<u8>), Incoming> {
    let Incoming {
        status,
        headers,
        mut body,
    } = incoming;
    let mut bytes = Vec::new();
    loop {
        match body.next().await {
            Ok(Some(piece)) => bytes.extend(piece),
            Ok(None) => return Ok((status, headers, bytes)),
            Err(error) => return Err(broken(status, headers, error)),
        }
    }
}

/// A body that is there already.
struct Whole(Option<Vec<u8>>);

#[async_trait::async_trait]
impl Pieces for Whole {
    async fn next(&mut self) -> PortResult<Option<Vec<u8>>> {
        Ok(self.0.take())
    }
}

fn whole(status: u16, mut headers: Vec<(String, String)>, body: Vec<u8>) -> Incoming {
    headers.retain(|(name, _)| name != "content-length");
    headers.push(("content-length".to_owned(), body.len().to_string()));
    Incoming {
        status,
        headers,
        body: Box::new(Whole(Some(body))),
    }
}

/// A body that breaks off.
struct Broken(Option<crate::ports::PortError>);

#[async_trait::async_trait]
impl Pieces for Broken {
    async fn next(&mut self) -> PortResult<Option<Vec<u8>>> {
        self.0.take().map_or(Ok(None), Err)
    }
}

fn broken(status: u16, headers: Vec<(String, String)>, error: crate::ports::PortError) -> Incoming {
    Incoming {
        status,
        headers,
        body: Box::new(Broken(Some(error))),
    }
}
/// A call as IAM would name its action.
fn named(call: &Call) -> String {
    format!("{}:{}", call.service.prefix(), call.operation)
}

/// A call that cannot be named, as far as it says what it is.
fn about(unnamed: &Unnamed, scope: &Scope) -> String {
    match unnamed {
        Unnamed::OtherService {
            service,
            operation: Some(operation),
        } => format!("{service}:{operation}"),
        Unnamed::OtherService { .. } => format!("a call of {}", scope.service),
        Unnamed::Unsigned
        | Unnamed::Ambiguous { .. }
        | Unnamed::UnknownOperation { .. }
        | Unnamed::Unreadable { .. } => unnamed.to_string(),
    }
}
