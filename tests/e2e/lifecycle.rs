//! From the first deploy to the end of a function: what each step writes, and what stands then.

use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{answer, at, deploy, install_wheel, live, run, versions, without_ledger};
use crate::support::command::Project;
use crate::support::proxy::rule::{Fault, on};
use crate::support::proxy::{FaultProxy, round_trips};
use crate::support::python::{LOCALEMU, MINISTACK, Requirements};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::{project, witness};

const ROLE: &str = "shop-us-east-1";
const GROUP: &str = "/aws/lambda/shop";

const HANDLER: &str = "\
import os, sys
import markupsafe

def handler(event, context):
    return {
        'edition': 'EDITION',
        'color': os.environ['COLOR'],
        'escaped': str(markupsafe.escape('<b>')),
        'compiled': 'markupsafe._speedups' in sys.modules,
        'bundled': os.path.dirname(os.path.dirname(markupsafe.__file__)) == os.path.dirname(__file__),
        'event': event,
    }
";

#[test]
fn a_life_on_ministack() {
    // MiniStack cannot list provisioned concurrency, so lfn asks for the one alias after all.
    let extra = &["lambda:GetProvisionedConcurrencyConfig"];
    Life::new(MiniStack::shared().account(), MINISTACK, extra).live();
}

#[test]
fn a_life_on_localemu() {
    Life::new(LocalEmu::shared().account(), LOCALEMU, &[]).live();
}

/// One function's life; every step begins where the one before it ended.
struct Life {
    account: Account,
    through: Account,
    proxy: FaultProxy,
    project: Project,
    runtime: String,
    /// What this server is asked besides what AWS is.
    extra: &'static [&'static str],
}

impl Life {
    fn new(account: Account, environment: Requirements, extra: &'static [&'static str]) -> Self {
        let project = project();
        let runtime = install_wheel(environment, &project.path());
        let proxy = FaultProxy::start(&account);
        Self {
            through: account.through(&proxy.endpoint()),
            account,
            proxy,
            project,
            runtime,
            extra,
        }
    }

    fn live(self) {
        // Someone else's function, role and log group in the same account.
        witness(&self.account, &["create-function", "other"]);
        witness(&self.account, &["create-log-group", "/aws/lambda/other"]);
        witness(&self.account, &["create-log-group", "/aws/lambda/shop-2"]);

        self.describe("256MB", "get s3://photos/in/*");
        self.code("first");
        self.a_plan_changes_nothing();
        self.first_deploy();
        self.called();
        self.unchanged();
        self.code_change();
        self.configuration_change();
        self.permission_change();
        self.moving_the_alias();
        self.shown();
        self.destroyed();
    }

    fn describe(&self, memory: &str, right: &str) {
        let Self { runtime, project, .. } = self;
        project.write(
            "lambda.yaml",
            format!(
                "name: shop\nruntime: {runtime}\nhandler: app.handler\nmemory: {memory}\nenv: {{ COLOR: green }}\n\
                 allow: [{right}]\nlogs: {{ retention: 14d }}\ntags: {{ team: shop }}\n"
            ),
        );
    }

    fn code(&self, edition: &str) {
        self.project.write("app.py", HANDLER.replace("EDITION", edition));
    }

    /// Deploys, and insists on these writes in this order.
    #[track_caller]
    fn deploy_writing(&self, writes: &[&str]) {
        self.proxy.reset();
        let deployed = deploy(&self.through, &self.project).success();
        assert_eq!(self.proxy.writes(), writes, "{deployed}");
        let arn = format!("arn:aws:lambda:us-east-1:{}:function:shop:live\n", self.account.id);
        assert_eq!(deployed.stdout, arn, "{deployed}");
    }

    fn a_plan_changes_nothing(&self) {
        let planned = run(&self.through, &self.project, &["plan", "--exit-code"]).exits_with(3);
        assert!(planned.stdout.contains("+ function"), "{planned}");
        run(&self.through, &self.project, &["deploy", "--dry-run", "--yes"]).success();
        // No terminal, no `--yes`: nobody can be asked.
        let unasked = run(&self.through, &self.project, &["deploy"]).exits_with(1);
        assert!(unasked.stderr.contains("--yes"), "{unasked}");
        assert_eq!(self.proxy.writes(), [""; 0]);
        assert_eq!(witness(&self.account, &["functions"]), json!(["other"]));
    }

    fn first_deploy(&self) {
        self.deploy_writing(&[
            "iam:CreateRole",
            "iam:PutRolePolicy",
            "logs:CreateLogGroup",
            "logs:PutRetentionPolicy",
            "lambda:CreateFunction",
            "lambda:PublishVersion",
            "lambda:CreateAlias",
            "lambda:TagResource",
        ]);

        let id = &self.account.id;
        let function = witness(&self.account, &["function", "shop"]);
        let configuration = &function["Configuration"];
        assert_eq!(configuration["Runtime"], self.runtime.as_str());
        assert_eq!(configuration["Handler"], "app.handler");
        assert_eq!(configuration["MemorySize"], 256);
        assert_eq!(configuration["Environment"]["Variables"], json!({ "COLOR": "green" }));
        assert_eq!(configuration["Role"], format!("arn:aws:iam::{id}:role/lfn/{ROLE}"));
        assert_eq!(
            without_ledger(&function["Tags"]),
            json!({ "team": "shop", "lfn:function": "shop" })
        );
        let code = witness(&self.account, &["code", "shop"]);
        let code = code.as_object().expect("the archive's files by name");
        assert!(
            code.keys()
                .any(|name| name.starts_with("markupsafe/_speedups") && name.contains("linux")),
            "{code:?}"
        );
        assert!(!code.contains_key("lambda.yaml"), "{code:?}");

        let role = witness(&self.account, &["role", ROLE]);
        assert_eq!(role["Tags"], json!({ "team": "shop", "lfn:function": "shop" }));
        assert_eq!(role["Attached"], json!([]));
        let trust = &role["Trust"]["Statement"][0];
        assert_eq!(trust["Principal"], json!({ "Service": "lambda.amazonaws.com" }));
        assert_eq!(trust["Condition"]["StringEquals"]["aws:SourceAccount"], id.as_str());
        assert_eq!(
            granted(&role),
            ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject"]
        );

        let group = witness(&self.account, &["log-group", GROUP]);
        assert_eq!(group["RetentionInDays"], 14);
        assert_eq!(group["Tags"]["lfn:function"], "shop");
        assert_eq!(versions(&self.account), ["1"]);
        assert_eq!(live(&self.account), "1");
    }

    fn called(&self) {
        let invoked = run(&self.through, &self.project, &["invoke", "-e", r#"{"n": 1}"#]).success();
        let expected = json!({
            "edition": "first", "color": "green", "escaped": "&lt;b&gt;",
            "compiled": true, "bundled": true, "event": { "n": 1 },
        });
        assert_eq!(invoked.json(), expected, "{invoked}");
        self.project.write("events/two.json", r#"{"n": 2}"#);
        let invoked = run(
            &self.through,
            &self.project,
            &["invoke", "-e", "events/two.json", "-q", "1", "--format", "json"],
        );
        let invoked = invoked.success().json();
        assert_eq!(invoked["payload"]["event"], json!({ "n": 2 }));
        assert_eq!(invoked["qualifier"], "1");
        // The event is a file of the project, and so part of the next archive: not here.
        std::fs::remove_dir_all(self.project.path().join("events")).expect("the folder is ours");
    }

    fn unchanged(&self) {
        self.proxy.reset();
        // Slow enough that calls made side by side overlap.
        self.proxy
            .inject(on("*").always(), Fault::Delay(Duration::from_millis(400)));
        let deployed = deploy(&self.through, &self.project).success();
        assert!(deployed.stderr.contains("nothing to do"), "{deployed}");
        let calls = self.proxy.calls();
        let mut names = self.proxy.names();
        names.sort_unstable();
        let mut expected = vec![
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "lambda:GetAlias",
            // The function, and the version that is live.
            "lambda:GetFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetPolicy",
            "lambda:ListProvisionedConcurrencyConfigs",
            "logs:DescribeLogGroups",
            "sts:GetCallerIdentity",
        ];
        expected.extend(self.extra);
        expected.sort_unstable();
        assert_eq!(names, expected, "as few reads as there can be");
        // Who am I; what is there; what is live.
        assert_eq!(round_trips(&calls), 3, "{calls:#?}");
        assert_eq!(versions(&self.account), ["1"]);
        self.proxy.reset();
    }

    fn code_change(&self) {
        self.code("second");
        self.deploy_writing(&[
            "lambda:UpdateFunctionCode",
            "lambda:PublishVersion",
            "lambda:UpdateAlias",
            "lambda:TagResource",
        ]);
        assert_eq!(versions(&self.account), ["1", "2"]);
        assert_eq!(live(&self.account), "2");
        assert_eq!(answer(&self.account)["edition"], "second");
        let old = witness(&self.account, &["invoke", "shop", "1"]);
        assert_eq!(old["Payload"]["edition"], "first");
    }

    fn configuration_change(&self) {
        self.describe("512MB", "get s3://photos/in/*");
        self.deploy_writing(&[
            "lambda:UpdateFunctionConfiguration",
            "lambda:PublishVersion",
            "lambda:UpdateAlias",
            "lambda:TagResource",
        ]);
        assert_eq!(versions(&self.account), ["1", "2", "3"]);
        assert_eq!(live(&self.account), "3");
        let configuration = |version| witness(&self.account, &["function", "shop", version])["Configuration"].clone();
        let (before, after) = (configuration("2"), configuration("3"));
        assert_eq!(
            (&before["MemorySize"], &after["MemorySize"]),
            (&json!(256), &json!(512))
        );
        assert_eq!(before["CodeSha256"], after["CodeSha256"]);
    }

    fn permission_change(&self) {
        self.describe("512MB", "put s3://photos/out/*");
        self.deploy_writing(&["iam:PutRolePolicy"]);
        let role = witness(&self.account, &["role", ROLE]);
        let rights = granted(&role);
        assert!(
            rights.contains(&"s3:PutObject".to_owned()) && !rights.contains(&"s3:GetObject".to_owned()),
            "{rights:?}"
        );
        assert_eq!(versions(&self.account), ["1", "2", "3"]);
    }

    fn moving_the_alias(&self) {
        let (account, project) = (&self.through, &self.project);
        self.proxy.reset();
        run(account, project, &["alias", "rollback", "--yes"]).success();
        assert_eq!(self.proxy.writes(), ["lambda:UpdateAlias", "lambda:TagResource"]);
        assert_eq!(live(account), "2");
        run(account, project, &["alias", "promote", "live", "--to", "1", "--yes"]).success();
        assert_eq!(live(account), "1");
        assert_eq!(answer(account)["edition"], "first");
        // Back to what it pointed at before, which is not one less.
        run(account, project, &["alias", "rollback", "--yes"]).success();
        assert_eq!(live(account), "2");

        let missing = run(account, project, &["alias", "promote", "live", "--to", "9", "--yes"]).exits_with(1);
        assert!(missing.stderr.contains("no version 9"), "{missing}");
        assert!(missing.stderr.contains("hint:"), "{missing}");
        assert_eq!(live(account), "2");

        run(
            account,
            project,
            &["alias", "promote", "beta", "--from", "live", "--yes"],
        )
        .success();
        let aliases = witness(account, &["aliases", "shop"]);
        assert_eq!(aliases["beta"]["FunctionVersion"], "2");
        run(account, project, &["alias", "delete", "beta", "--yes"]).success();
        assert_eq!(witness(account, &["aliases", "shop"])["beta"], json!(null));

        // What lambda.yaml describes was published before: released again, not published again.
        self.deploy_writing(&["lambda:UpdateAlias", "lambda:TagResource"]);
        assert_eq!(live(account), "3");
        assert_eq!(versions(account), ["1", "2", "3"]);
    }

    fn shown(&self) {
        self.proxy.reset();
        let json = |arguments: &[&str]| {
            let arguments = [arguments, &["--format", "json"]].concat();
            run(&self.through, &self.project, &arguments).success().json()
        };
        let listed = json(&["versions", "list"]);
        let rows: Vec<_> = listed.as_array().expect("a list").iter().collect();
        let version = |row: &&Value| (row["version"].clone(), row["aliases"].clone());
        assert_eq!(
            rows.iter().map(version).collect::<Vec<_>>(),
            [
                (json!(3), json!(["live"])),
                (json!(2), json!([])),
                (json!(1), json!([]))
            ]
        );
        let aliases = json(&["alias", "list"]);
        assert_eq!(
            aliases,
            json!([{ "name": "live", "version": 3, "weights": {}, "previous": { "version": 2, "weights": {} }, "canary": null, "codedeploy": null }])
        );
        let status = json(&["status"]);
        assert_eq!((&status["state"], &status["managed"]), (&json!("ready"), &json!(true)));
        assert_eq!(
            (&status["memory"], &status["environment"]),
            (&json!(512), &json!(["COLOR"]))
        );
        assert!(!status.to_string().contains("green"), "{status}");
        let listed = json(&["list"]);
        let row = |name: &str| {
            let rows = listed.as_array().expect("a list");
            rows.iter()
                .find(|row| row["function"] == name)
                .cloned()
                .expect("every function is listed")
        };
        assert_eq!(
            (&row("shop")["lfn_role"], &row("other")["lfn_role"]),
            (&json!(true), &json!(false))
        );
        for arguments in [&["versions", "list"][..], &["alias", "list"], &["status"], &["list"]] {
            let text = run(&self.through, &self.project, arguments).success();
            assert!(text.stdout.contains("live") || arguments == ["list"], "{text}");
        }
        assert_eq!(self.proxy.writes(), [""; 0]);
    }

    fn destroyed(self) {
        let (account, project) = (&self.through, &self.project);
        run(account, project, &["destroy", "--dry-run"]).success();
        assert_eq!(self.proxy.writes(), [""; 0]);
        // A policy that an administrator attached goes with the role.
        let policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        let attach = json!({ "RoleName": ROLE, "PolicyArn": policy });
        witness(account, &["call", "iam", "attach_role_policy", &attach.to_string()]);
        at(account, project, &["destroy", "--yes"]).run().success();

        assert_eq!(witness(account, &["functions"]), json!(["other"]));
        assert_eq!(witness(account, &["roles"]), json!(["other-foreign-role"]));
        assert!(witness(account, &["log-group", GROUP]).is_null());
        for group in ["/aws/lambda/other", "/aws/lambda/shop-2"] {
            assert!(witness(account, &["log-group", group]).is_object(), "{group}");
        }
        let again = run(account, project, &["destroy", "--yes"]).success();
        assert!(again.stderr.contains("nothing"), "{again}");
    }
}

/// The actions of the role's only policy, sorted.
fn granted(role: &Value) -> Vec<String> {
    let policies = role["Inline"].as_object().expect("policies by name");
    assert_eq!(policies.len(), 1, "{policies:?}");
    let document = policies.values().next().expect("there is one");
    let statements = document["Statement"].as_array().expect("a policy has statements");
    let mut actions: Vec<String> = statements
        .iter()
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            action => vec![action.clone()],
        })
        .map(|action| action.as_str().expect("an action is a text").to_owned())
        .collect();
    actions.sort();
    actions
}
