//! `lfn policy suggest --write` and `--check`: the file follows the code, and CI sees when it does not.

use insta::assert_snapshot;

use crate::session::Session;

const SHOP: &str = "\
name: shop   # orders
runtime: python3.13
handler: app.handler

env:
  TABLE: orders

# who hears of it
on_failure: sns:dead
";

const CODE: &str = r#"import os
import boto3

s3 = boto3.client("s3")
table = boto3.client("dynamodb")
sqs = boto3.client("sqs")


def handler(event, context):
    s3.get_object(Bucket="shop", Key="in/" + event["key"])
    table.get_item(TableName=os.environ["TABLE"], Key={"id": {"S": event["id"]}})
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody="new")
"#;

fn shop(yaml: &str) -> Session {
    let session = Session::new();
    session.project.write("lambda.yaml", yaml).write("app.py", CODE);
    session
}

#[test]
fn lines_are_added_once_and_those_with_holes_are_left() {
    let mut session = shop(SHOP);
    session.run("policy suggest --write").exits_with(1);
    assert_eq!(session.project.read("lambda.yaml"), SHOP, "nobody said yes");
    session.run("policy suggest --write --yes").success();
    let written = session.project.read("lambda.yaml");
    session.run("policy suggest --write --yes").success();
    assert_eq!(session.project.read("lambda.yaml"), written);
    assert_snapshot!(format!("{}{written}", session.transcript()));
}

#[test]
fn a_stage_with_a_list_of_its_own_gets_the_lines() {
    let yaml = format!("{SHOP}allow: []\nstages:\n  prod:\n    allow: [get s3://shop/in/*] # own\n  dev: {{}}\n");
    let session = shop(&yaml);
    session.quietly("policy suggest --write --yes --stage prod");
    let line = "allow: [get s3://shop/in/*, get dynamodb:orders] # own";
    let written = yaml.replace("allow: [get s3://shop/in/*] # own", line);
    assert_eq!(session.project.read("lambda.yaml"), written);
    session.quietly("policy suggest --write --yes --stage dev");
    let written = session.project.read("lambda.yaml");
    assert!(
        written.contains("\nallow: [get s3://shop/in/*, get dynamodb:orders"),
        "{written}"
    );
}

#[test]
fn what_cannot_be_written_safely_is_given_to_write_by_hand() {
    let yaml = format!("{SHOP}allow: [\n  get s3://other/*\n]\n");
    let session = shop(&yaml);
    let refused = crate::support::lfn(&session.project)
        .args(["policy", "suggest", "--write", "--yes"])
        .run()
        .exits_with(1);
    for part in [
        "could not change lambda.yaml: line 10: the list in brackets is not closed on its line",
        "- get s3://shop/in/*",
    ] {
        assert!(refused.stderr.contains(part), "{refused}");
    }
    assert_eq!(session.project.read("lambda.yaml"), yaml);
}

#[test]
fn ci_fails_when_code_and_file_do_not_agree() {
    let mut session = shop(SHOP);
    session.run("policy suggest --check").exits_with(1);
    session.quietly("policy suggest --write --yes");
    session.edit("allow:\n", "allow:\n  - send sqs:orders\n");
    // What the rest of the file gives (logs, a destination) is nobody's surplus.
    session.run("policy suggest --check").success();
    session.edit(
        "  - send sqs:orders\n",
        "  - send sqs:orders\n  - read dynamodb:orders\n  - publish sns:alerts\n",
    );
    session.run("policy suggest --check").exits_with(1);
    let session_json = |flags: &str| {
        let run = crate::support::lfn(&session.project)
            .args(crate::session::words(&format!("policy suggest --check {flags}")))
            .run()
            .exits_with(1);
        run.json()
    };
    let rows = session_json("--format json");
    assert_eq!(
        (&rows[1]["rule"], &rows[1]["path"], &rows[1]["line"]),
        (&"P50".into(), &"allow[2]".into(), &11.into())
    );
    let sarif = session_json("--sarif");
    let results = &sarif["runs"][0]["results"];
    assert_eq!(
        (&results[1]["ruleId"], &results[1]["level"]),
        (&"P50".into(), &"note".into())
    );
    assert_eq!(results.as_array().unwrap().len(), 2);
    session.edit(
        "  - read dynamodb:orders\n  - publish sns:alerts\n",
        "  - actions: [sns:Publish]\n    resources: [\"arn:aws:sns:eu-west-1:123456789012:alerts\"]\n    \
         accept: [P50]\n    because: a library publishes\n",
    );
    session.run("policy suggest --check").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn of_code_that_cannot_be_read_no_line_is_called_unused() {
    let mut session = shop(&format!("{SHOP}allow: [publish sns:alerts]\n"));
    std::fs::remove_file(session.project.path().join("app.py")).unwrap();
    let doubted = |said: &crate::support::command::Finished, why: &str| {
        assert!(said.stderr.contains(why) && !said.stdout.contains("agree"), "{said}");
        assert!(!said.stdout.contains("remove the line"), "{said}");
    };
    let said = session.run("policy suggest --check").exits_with(1);
    doubted(&said, "there is no code for `python3.13` here that can be read");
    let app = session.project.path().join("app.py");
    std::fs::write(
        &app,
        "import boto3\ns3 = boto3.client('s3'\ndef f():\n  s3.list_buckets()\n",
    )
    .unwrap();
    let said = session.run("policy suggest --check").exits_with(1);
    doubted(&said, "app.py:2: this is no valid code");
    std::fs::write(&app, "#".repeat(1_000_001)).unwrap();
    let said = session.run("policy suggest --check").exits_with(1);
    doubted(&said, "app.py is too large");
    session.edit("python3.13", "ruby3.4");
    let said = session.run("policy suggest --check").exits_with(1);
    doubted(&said, "code for `ruby3.4` cannot be read");
    // People answer for all of it.
    session.edit(
        "allow: [publish sns:alerts]\n",
        "allow:\n  - actions: [sns:Publish]\n    resources: [\"arn:aws:sns:eu-west-1:123456789012:alerts\"]\n    \
         accept: [P50]\n    because: ruby publishes\n",
    );
    let said = session.run("policy suggest --check").success();
    assert!(said.stdout.contains("the code was not read whole"), "{said}");
}

#[test]
fn a_line_that_the_file_cannot_hold_does_not_hold_up_the_others() {
    let mut session = shop(SHOP);
    let code = "import boto3\ns3 = boto3.client('s3')\nsqs = boto3.client('sqs')\ndef handler(event, context):\n    \
                s3.get_object(Bucket='shop', Key='in/a.txt')\n    s3.get_object(Bucket='odd', Key='x/${x}')\n    \
                s3.get_object(Bucket='star', Key='a*b')\n    sqs.send_message(QueueUrl='not a url', MessageBody='')\n";
    std::fs::write(session.project.path().join("app.py"), code).unwrap();
    let said = session.run("policy suggest --write --yes").success();
    let written = session.project.read("lambda.yaml");
    assert!(
        written.contains("allow:\n  - get s3://shop/in/a.txt\n\n#"),
        "{written}{said}"
    );
    let left = "left to you, since lambda.yaml cannot hold it:";
    let refused = said.stdout.split(left).nth(1).unwrap_or_default();
    assert!(refused.contains("not a url"), "{said}");
    // IAM would take these for a variable and a wildcard.
    for open in ["odd/x/<", "star/a<"] {
        assert!(said.stdout.contains(open), "{said}");
    }
}
