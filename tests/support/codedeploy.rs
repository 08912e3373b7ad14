//! A CodeDeploy of the tests' own. It keeps what it is given, refuses what AWS refuses, and says of a
//! deployment what a test tells it to: the servers accept deployments, and never move an alias.
//!
//! Source: CodeDeploy API reference.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::proxy::{Call, FaultProxy};

/// The stand-in; its answers come through the proxy that it was put into.
#[derive(Debug, Default)]
pub struct CodeDeploy(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By the part of the ARN behind the account: `application:NAME`, `deploymentgroup:NAME/GROUP`.
    tags: BTreeMap<String, Value>,
    applications: Vec<String>,
    /// By application and name.
    groups: BTreeMap<(String, String), Value>,
    configurations: BTreeMap<String, Value>,
    deployments: Vec<Value>,
    events: Vec<Value>,
}

type Answer = Result<Value, &'static str>;

impl CodeDeploy {
    /// Answers every call to CodeDeploy that reaches the proxy.
    pub fn behind(proxy: &FaultProxy) -> Arc<Self> {
        let stand_in = Arc::new(Self::default());
        let answering = Arc::clone(&stand_in);
        proxy.answer_for("codedeploy", Arc::new(move |call| answering.answer(call)));
        stand_in
    }

    /// What the newest deployment says from now on.
    pub fn becomes(&self, status: &str) {
        let mut state = self.lock();
        state.newest()["status"] = json!(status);
    }

    /// The steps that the newest deployment shows: names and states.
    pub fn shows(&self, events: &[(&str, &str)]) {
        let event = |(name, status): &(&str, &str)| json!({ "lifecycleEventName": name, "status": status });
        self.lock().events = events.iter().map(event).collect();
    }

    /// The newest deployment ends so, and says why.
    pub fn ends(&self, status: &str, code: &str, message: &str) {
        let mut state = self.lock();
        state.newest()["errorInformation"] = json!({ "code": code, "message": message });
        state.newest()["status"] = json!(status);
    }

    /// Starts a deployment by somebody else, such as the return of another one.
    pub fn started_elsewhere(&self, group: &str, creator: &str, to: &str) -> String {
        let mut state = self.lock();
        let id = format!("d-{:09}", state.deployments.len() + 1);
        let spec = json!({ "version": 0.0, "Resources": [{ "shop": { "Type": "AWS::Lambda::Function", "Properties": {
            "Name": "shop", "Alias": group, "CurrentVersion": "1", "TargetVersion": to,
        } } }] });
        let content = json!({ "content": spec.to_string() });
        state.deployments.push(json!({
            "deploymentId": id, "applicationName": "lfn-shop", "deploymentGroupName": group, "status": "InProgress",
            "creator": creator, "revision": { "revisionType": "AppSpecContent", "appSpecContent": content },
        }));
        id
    }

    /// Everything but what happened: tags, groups, configurations.
    pub fn standing(&self) -> Value {
        let state = self.lock();
        let groups = state.groups.values().collect::<Vec<_>>();
        json!({
            "applications": state.applications, "groups": groups, "tags": state.tags,
            "configurations": state.configurations,
        })
    }

    /// Every deployment so far.
    pub fn deployments(&self) -> Vec<Value> {
        self.lock().deployments.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, call: &Call) -> (u16, Value) {
        match self.lock().perform(&call.operation, &call.json()) {
            Ok(answer) => (200, answer),
            Err(code) => (
                400,
                json!({ "__type": code, "message": format!("{} says so", call.operation) }),
            ),
        }
    }
}

impl State {
    fn newest(&mut self) -> &mut Value {
        self.deployments.last_mut().expect("a deployment was started")
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operation")]
    fn perform(&mut self, operation: &str, asked: &Value) -> Answer {
        let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
        let (application, group) = (text("applicationName"), text("deploymentGroupName"));
        let configuration = text("deploymentConfigName");
        match operation {
            "GetApplication" => {
                self.has(&application)?;
                Ok(json!({ "application": { "applicationName": application, "computePlatform": "Lambda" } }))
            }
            "CreateApplication" => {
                if self.has(&application).is_ok() {
                    return Err("ApplicationAlreadyExistsException");
                }
                assert_eq!(asked["computePlatform"], "Lambda");
                self.tags
                    .insert(format!("application:{application}"), asked["tags"].clone());
                self.applications.push(application);
                Ok(json!({ "applicationId": "1" }))
            }
            "DeleteApplication" => {
                self.applications.retain(|name| *name != application);
                self.groups.retain(|(owner, _), _| *owner != application);
                self.tags.retain(|key, _| {
                    *key != format!("application:{application}")
                        && !key.starts_with(&format!("deploymentgroup:{application}/"))
                });
                Ok(json!({}))
            }
            "ListTagsForResource" => {
                let arn = text("ResourceArn");
                let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
                Ok(json!({ "Tags": self.tags.get(resource).cloned().unwrap_or(json!([])) }))
            }
            "ListDeploymentGroups" => {
                self.has(&application)?;
                let names = self.groups.keys().filter(|(owner, _)| *owner == application);
                let names: Vec<&String> = names.map(|(_, name)| name).collect();
                Ok(json!({ "deploymentGroups": names }))
            }
            "GetDeploymentGroup" => {
                self.has(&application)?;
                let found = self.groups.get(&(application, group.clone()));
                let mut found = found.ok_or("DeploymentGroupDoesNotExistException")?.clone();
                let succeeded =
                    |each: &&Value| each["deploymentGroupName"] == group.as_str() && each["status"] == "Succeeded";
                if let Some(last) = self.deployments.iter().rfind(succeeded) {
                    found["lastSuccessfulDeployment"] = json!({ "deploymentId": last["deploymentId"] });
                }
                Ok(json!({ "deploymentGroupInfo": found }))
            }
            "CreateDeploymentGroup" => {
                self.has(&application)?;
                self.knows(&configuration)?;
                let key = (application.clone(), group.clone());
                if self.groups.contains_key(&key) {
                    return Err("DeploymentGroupAlreadyExistsException");
                }
                let mut made = asked.clone();
                let tags = made["tags"].take();
                self.tags.insert(format!("deploymentgroup:{application}/{group}"), tags);
                self.groups.insert(key, made);
                Ok(json!({ "deploymentGroupId": "1" }))
            }
            "UpdateDeploymentGroup" => {
                self.knows(&configuration)?;
                let key = (application, text("currentDeploymentGroupName"));
                let found = self
                    .groups
                    .get_mut(&key)
                    .ok_or("DeploymentGroupDoesNotExistException")?;
                for (name, value) in asked.as_object().expect("a request is an object") {
                    if name != "currentDeploymentGroupName" {
                        found[name] = value.clone();
                    }
                }
                Ok(json!({}))
            }
            "DeleteDeploymentGroup" => {
                self.tags.remove(&format!("deploymentgroup:{application}/{group}"));
                self.groups.remove(&(application, group));
                Ok(json!({}))
            }
            "GetDeploymentConfig" => {
                self.knows(&configuration)?;
                Ok(json!({ "deploymentConfigInfo": { "deploymentConfigName": configuration } }))
            }
            "ListDeploymentConfigs" => {
                let predefined = json!("CodeDeployDefault.LambdaAllAtOnce");
                let names = self.configurations.keys().map(|name| json!(name)).chain([predefined]);
                Ok(json!({ "deploymentConfigsList": names.collect::<Vec<_>>() }))
            }
            "CreateDeploymentConfig" => {
                if self.knows(&configuration).is_ok() {
                    return Err("DeploymentConfigAlreadyExistsException");
                }
                assert_eq!(asked["computePlatform"], "Lambda");
                self.configurations
                    .insert(configuration, asked["trafficRoutingConfig"].clone());
                Ok(json!({ "deploymentConfigId": "1" }))
            }
            "DeleteDeploymentConfig" => {
                if self
                    .groups
                    .values()
                    .any(|group| group["deploymentConfigName"] == configuration.as_str())
                {
                    return Err("DeploymentConfigInUseException");
                }
                self.configurations.remove(&configuration);
                Ok(json!({}))
            }
            "CreateDeployment" => self.start(asked, application, group, &configuration),
            "ListDeployments" => {
                let wanted = asked["includeOnlyStatuses"].as_array().expect("lfn asks for some");
                let fits = |each: &&Value| {
                    each["applicationName"] == application.as_str()
                        && each["deploymentGroupName"] == group.as_str()
                        && wanted.contains(&each["status"])
                };
                let ids: Vec<&Value> = self
                    .deployments
                    .iter()
                    .filter(fits)
                    .map(|each| &each["deploymentId"])
                    .collect();
                Ok(json!({ "deployments": ids }))
            }
            "GetDeployment" => Ok(json!({ "deploymentInfo": self.deployment(&text("deploymentId"))? })),
            "ListDeploymentTargets" => match self.deployment(&text("deploymentId"))?["status"].as_str() {
                Some("Created" | "Queued") => Err("DeploymentNotStartedException"),
                _ => Ok(json!({ "targetIds": ["shop:live"] })),
            },
            "GetDeploymentTarget" => Ok(json!({ "deploymentTarget": {
                "deploymentTargetType": "LambdaTarget", "lambdaTarget": { "lifecycleEvents": self.events },
            } })),
            other => panic!("the stand-in does not know `{other}`"),
        }
    }

    fn start(&mut self, asked: &Value, application: String, group: String, configuration: &str) -> Answer {
        self.has(&application)?;
        self.knows(configuration)?;
        let key = (application, group);
        let found = self.groups.get(&key).ok_or("DeploymentGroupDoesNotExistException")?;
        assert_eq!(found["deploymentStyle"]["deploymentType"], "BLUE_GREEN");
        let over = |each: &Value| {
            ["Succeeded", "Failed", "Stopped"]
                .map(Value::from)
                .contains(&each["status"])
        };
        if self.deployments.iter().any(|each| !over(each)) {
            return Err("DeploymentLimitExceededException");
        }
        let revision = &asked["revision"]["appSpecContent"];
        let content = revision["content"].as_str().ok_or("RevisionRequiredException")?;
        let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
        let digest = Sha256::digest(content).iter().fold(String::new(), hex);
        if revision["sha256"] != digest.as_str() {
            return Err("InvalidRevisionException");
        }
        let mut made = asked.clone();
        let id = format!("d-{:09}", self.deployments.len() + 1);
        made["deploymentId"] = json!(id);
        made["status"] = json!("Created");
        made["creator"] = json!("user");
        // 2026-01-02T03:04:05Z
        made["createTime"] = json!(1_767_323_045.5);
        self.deployments.push(made);
        self.events.clear();
        Ok(json!({ "deploymentId": id }))
    }

    fn deployment(&self, id: &str) -> Answer {
        let found = self.deployments.iter().find(|each| each["deploymentId"] == id);
        found.cloned().ok_or("DeploymentDoesNotExistException")
    }

    fn has(&self, application: &str) -> Result<(), &'static str> {
        let known = self.applications.iter().any(|name| name == application);
        known.then_some(()).ok_or("ApplicationDoesNotExistException")
    }

    fn knows(&self, configuration: &str) -> Result<(), &'static str> {
        let known =
            configuration.starts_with("CodeDeployDefault.Lambda") || self.configurations.contains_key(configuration);
        known.then_some(()).ok_or("DeploymentConfigDoesNotExistException")
    }
}
