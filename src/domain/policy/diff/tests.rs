//! What a change of documents comes to.

use crate::domain::policy::index::Level;
use crate::domain::policy::{AccessChange, AccessLine, Change, PolicyDocument, Principal, Statement, same_access};

fn document(statements: &str) -> PolicyDocument {
    PolicyDocument::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)).unwrap()
}

fn everybody() -> Principal {
    Principal::from([("AWS".into(), ["*".to_owned()].into())])
}

fn lines(lines: &[AccessLine]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn all(statement: Statement) -> Vec<String> {
    lines(&AccessChange::between(None, Some(&PolicyDocument::new([statement]))).added)
}

#[test]
fn each_right_is_one_line() {
    let from = PolicyDocument::new([Statement::allow(
        ["s3:GetObject"],
        ["arn:aws:s3:::b/x", "arn:aws:s3:::b/y"],
    )]);
    let to = PolicyDocument::new([
        Statement::allow(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::b/x"]),
        Statement::deny(["s3:GetObject"], ["arn:aws:s3:::b/y"]),
    ]);
    let change = AccessChange::between(Some(&from), Some(&to));
    // The denial takes nothing that is allowed beside it.
    assert_eq!(lines(&change.added), ["allow s3:PutObject on arn:aws:s3:::b/x"]);
    assert_eq!(lines(&change.removed), ["allow s3:GetObject on arn:aws:s3:::b/y"]);
    let back = AccessChange::between(Some(&to), Some(&from));
    assert_eq!(
        (lines(&back.added), lines(&back.removed)),
        (lines(&change.removed), lines(&change.added))
    );
}

#[test]
fn grouping_order_and_ids_change_nothing() {
    let one = PolicyDocument::new([Statement::allow(["a:A", "a:B"], ["x", "y"]).sid("One")]);
    let many = ["y", "x"]
        .into_iter()
        .flat_map(|r| ["a:B", "a:A"].map(|a| Statement::allow([a], [r])));
    let many = PolicyDocument::new(many);
    assert_ne!(one, many);
    assert!(AccessChange::between(Some(&one), Some(&many)).is_empty());
    assert!(AccessChange::between(None, None).is_empty());
    assert!(!AccessChange::between(Some(&one), None).is_empty());
}

#[test]
fn conditions_read_as_sentences() {
    let with = |operator: &str, values: &[&str]| {
        let statement = Statement::allow(["a:A"], ["*"]);
        let under = |s: Statement, value: &&str| s.when(operator, "aws:Key", *value);
        all(values.iter().fold(statement, under)).remove(0)
    };
    for (operator, values, text) in [
        ("StringEquals", &["1"][..], "aws:Key is 1"),
        ("StringEquals", &["1", "2", "3"], "aws:Key is 1, 2 or 3"),
        ("StringNotLike", &["a*", "b*"], "aws:Key is not like a* nor b*"),
        ("ArnLike", &["arn:*"], "aws:Key is like arn:*"),
        ("Bool", &["true"], "aws:Key is true"),
        ("Null", &["true"], "aws:Key is absent"),
        ("Null", &["false"], "aws:Key is present"),
        ("NumericLessThanEquals", &["10"], "aws:Key is at most 10"),
        ("IpAddress", &["10.0.0.0/8"], "aws:Key is in 10.0.0.0/8"),
        ("StringEqualsIfExists", &["1"], "aws:Key is 1 (or is absent)"),
        ("ForAnyValue:StringEquals", &["1"], "any value of aws:Key is 1"),
        ("ForAllValues:StringLike", &["a*"], "every value of aws:Key is like a*"),
        ("FutureOperator", &["1"], "aws:Key FutureOperator 1"),
    ] {
        assert_eq!(with(operator, values), format!("allow a:A on * when {text}"));
    }
    let two = Statement::allow(["a:A"], ["*"])
        .when("StringEquals", "aws:SourceAccount", "123456789012")
        .when("ArnLike", "aws:SourceArn", "arn:x");
    let text = "when aws:SourceArn is like arn:x and aws:SourceAccount is 123456789012";
    assert_eq!(all(two), [format!("allow a:A on * {text}")]);
}

#[test]
fn a_changed_condition_is_one_right_lost_and_one_gained() {
    let under = |account: &str| {
        let statement = Statement::trust("lambda.amazonaws.com");
        PolicyDocument::new([statement.when("StringEquals", "aws:SourceAccount", account)])
    };
    let change = AccessChange::between(Some(&under("1")), Some(&under("2")));
    let text = "allow service lambda.amazonaws.com: sts:AssumeRole when aws:SourceAccount is";
    assert_eq!(lines(&change.added), [format!("{text} 2")]);
    assert_eq!(lines(&change.removed), [format!("{text} 1")]);
}

#[test]
fn exceptions_and_principals_are_legible() {
    for (json, text) in [
        (
            r#"{"Effect":"Deny","NotAction":["iam:*","sts:*"],"NotResource":"arn:aws:iam::1:role/x"}"#,
            "deny anything except iam:* and sts:* on everything except arn:aws:iam::1:role/x",
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:f"}"#,
            "allow anyone: lambda:InvokeFunction on arn:f",
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"sts:AssumeRole"}"#,
            "allow arn:aws:iam::1:root: sts:AssumeRole",
        ),
        (
            r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:x","Service":"s"},"Action":"sts:AssumeRole"}"#,
            "deny anyone except arn:x and service s: sts:AssumeRole",
        ),
    ] {
        // A denial is worth a line where it takes something away.
        let open = json.replace("NotPrincipal", "Principal").replace("NotAction", "Action");
        let open = open.replace("NotResource", "Resource").replace("Deny", "Allow");
        let open = Statement {
            actions: ["*".to_owned()].into(),
            resources: ["*".to_owned()].into(),
            ..document(&open).statements.remove(0)
        };
        let given = document(json);
        let (before, after) = if text.starts_with("deny") {
            let all = Statement {
                principal: open.principal.map(|_| everybody()),
                ..open
            };
            let both = PolicyDocument::new([all.clone()].into_iter().chain(given.statements));
            (Some(PolicyDocument::new([all])), both)
        } else {
            (None, given)
        };
        assert_eq!(
            lines(&AccessChange::between(before.as_ref(), Some(&after)).added),
            [text]
        );
    }
}

#[test]
fn the_version_matters_where_there_are_variables() {
    let at = |version: &str, resource: &str| PolicyDocument {
        version: version.into(),
        ..PolicyDocument::new([Statement::allow(["a:A"], [resource])])
    };
    let change =
        |resource: &str| AccessChange::between(Some(&at("2008-10-17", resource)), Some(&at("2012-10-17", resource)));
    assert!(change("arn:x").is_empty());
    assert_eq!(
        lines(&change("arn:${aws:username}").removed),
        ["allow a:A on arn:${aws:username} (variables taken as plain text)"]
    );
}

#[test]
fn a_line_is_plain_json() {
    let line = AccessLine {
        effect: "allow".into(),
        action: "a:A".into(),
        resource: "*".into(),
        ..AccessLine::default()
    };
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(
        json,
        r#"{"effect":"allow","action":"a:A","resource":"*","kind":"gained","widening":false}"#
    );
}

/// Every line with its sign and what is known of it: `+ allow s3:GetObject on *  read`.
fn told(from: &str, to: &str) -> Vec<String> {
    let change = AccessChange::between(Some(&document(from)), Some(&document(to)));
    let line = |line: &AccessLine| {
        let sign = match line.kind {
            Change::Gained => "+",
            Change::Lost => "-",
            Change::Narrowed => "~",
        };
        assert_eq!(line.widening, line.kind == Change::Gained);
        let level = line.level.map_or("?", Level::word);
        let part = if line.part.is_empty() {
            String::new()
        } else {
            format!("  [{}]", line.part.join(", "))
        };
        format!("{sign} {line}  {level}{part}")
    };
    assert_eq!(change.is_empty(), same_access(&document(from), &document(to)));
    change.lines().map(line).collect()
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

fn deny(action: &str, resource: &str) -> String {
    allow(action, resource).replace("Allow", "Deny")
}

fn when(statement: &str, operator: &str, key: &str, values: &str) -> String {
    let statement = statement.trim_end_matches('}');
    format!(r#"{statement},"Condition":{{"{operator}":{{"{key}":{values}}}}}}}"#)
}

fn all_of(statements: &[&str]) -> String {
    format!("[{}]", statements.join(","))
}

#[test]
fn what_another_statement_gives_is_neither_gained_nor_lost() {
    let (wide, narrow) = (
        allow("s3:Get*", "arn:aws:s3:::b/*"),
        allow("s3:GetObject", "arn:aws:s3:::b/in/*"),
    );
    let both = all_of(&[&wide, &narrow]);
    assert_eq!(told(&both, &wide), [""; 0]);
    assert_eq!(told(&wide, &both), [""; 0]);
    // Two that only together give what one did.
    let halves = all_of(&[
        &allow("s3:GetObject", "arn:aws:s3:::b/"),
        &allow("s3:GetObject", "arn:aws:s3:::b/?*"),
    ]);
    assert_eq!(told(&allow("s3:GetObject", "arn:aws:s3:::b/*"), &halves), [""; 0]);
    assert_eq!(told(&halves, &allow("s3:GetObject", "arn:aws:s3:::b/*")), [""; 0]);
    // Case and order.
    let listed = r#"{"Effect":"Allow","Action":["s3:getobject","S3:PutObject"],"Resource":["b","a"]}"#;
    let other = r#"{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["a","b"]}"#;
    assert_eq!(told(listed, other), [""; 0]);
}

#[test]
fn a_narrower_resource_is_one_line_and_a_wider_one_is_a_gain() {
    let (wide, narrow) = (
        allow("s3:GetObject", "arn:aws:s3:::photos/*"),
        allow("s3:GetObject", "arn:aws:s3:::photos/in/*"),
    );
    assert_eq!(
        told(&wide, &narrow),
        ["~ allow s3:GetObject on arn:aws:s3:::photos/*  read  [arn:aws:s3:::photos/in/*]"]
    );
    assert_eq!(
        told(&narrow, &wide),
        ["+ allow s3:GetObject on arn:aws:s3:::photos/*  read  [arn:aws:s3:::photos/in/*]"]
    );
    let elsewhere = allow("s3:GetObject", "arn:aws:s3:::other/*");
    assert_eq!(
        told(&wide, &elsewhere),
        [
            "+ allow s3:GetObject on arn:aws:s3:::other/*  read",
            "- allow s3:GetObject on arn:aws:s3:::photos/*  read"
        ]
    );
}

#[test]
fn denials_count_by_what_they_take() {
    let open = allow("s3:*Object", "arn:aws:s3:::b/*");
    let closed = all_of(&[&open, &deny("s3:DeleteObject", "arn:aws:s3:::b/*")]);
    assert_eq!(
        told(&open, &closed),
        ["- deny s3:DeleteObject on arn:aws:s3:::b/*  write"]
    );
    assert_eq!(
        told(&closed, &open),
        ["+ deny s3:DeleteObject on arn:aws:s3:::b/*  write"]
    );
    // One that denies what nobody allows.
    let idle = all_of(&[&open, &deny("sqs:*", "*")]);
    assert_eq!(told(&open, &idle), [""; 0]);
    assert_eq!(told(&idle, &open), [""; 0]);
    // One that comes with what it limits.
    let fresh = all_of(&[
        &allow("ec2:DeleteNetworkInterface", "*"),
        &when(
            &deny("ec2:DeleteNetworkInterface", "*"),
            "ArnEquals",
            "lambda:SourceFunctionArn",
            r#""arn:f""#,
        ),
    ]);
    assert_eq!(
        told("[]", &fresh),
        [
            "+ allow ec2:DeleteNetworkInterface on *  write",
            "~ deny ec2:DeleteNetworkInterface on * when lambda:SourceFunctionArn is arn:f  write"
        ]
    );
    // A permission that a denial takes away at once.
    let void = all_of(&[&allow("sqs:SendMessage", "*"), &deny("sqs:*", "*")]);
    assert_eq!(told(&open, &all_of(&[&open, &void[1..void.len() - 1]])), [""; 0]);
}

#[test]
fn a_stricter_condition_is_no_widening_and_another_one_is() {
    let plain = allow("sqs:SendMessage", "*");
    let under = |values: &str| when(&plain, "StringEquals", "aws:SourceAccount", values);
    let (one, two, both) = (under(r#""1""#), under(r#""2""#), under(r#"["1","2"]"#));
    let kinds = |from: &str, to: &str| {
        let signs = told(from, to).into_iter().map(|line| line[..1].to_owned());
        signs.collect::<Vec<_>>().concat()
    };
    for (from, to, expected) in [
        (&plain, &one, "~"),
        (&one, &plain, "+"),
        (&both, &one, "~"),
        (&one, &both, "+"),
        (&one, &two, "+-"),
        (&one, &one.replace("aws:SourceAccount", "AWS:sourceaccount"), ""),
    ] {
        assert_eq!(kinds(from, to), expected, "{from} {to}");
    }
    // Of a negated operator more values are stricter.
    let not = |values: &str| when(&plain, "StringNotEquals", "aws:SourceAccount", values);
    assert_eq!(kinds(&not(r#""1""#), &not(r#"["1","2"]"#)), "~");
    assert_eq!(kinds(&not(r#"["1","2"]"#), &not(r#""1""#)), "+");
}

#[test]
fn wildcards_of_the_live_role_are_counted_by_level() {
    let photos = "arn:aws:s3:::photos/*";
    let lost = told(&allow("s3:*", photos), &allow("s3:GetObject", photos));
    let shape: Vec<(String, bool)> = lost
        .iter()
        .map(|line| {
            (
                line.rsplit("  ").next().unwrap().to_owned(),
                line.contains(" other actions on "),
            )
        })
        .collect();
    let expected = ["permissions", "write", "tagging", "read", "list"].map(|level| (level.to_owned(), true));
    assert_eq!(shape, expected, "{lost:#?}");
    assert!(lost[0].starts_with("- allow s3: "), "{lost:#?}");
    let gained = told(&allow("s3:GetObject", photos), &allow("s3:*", photos));
    assert_eq!(gained.len(), 5, "{gained:#?}");
    let whole = told("[]", &allow("sqs:*", "*"));
    assert!(
        whole.len() == 1 && whole[0].starts_with("+ allow sqs:* (") && whole[0].ends_with("permissions"),
        "{whole:?}"
    );
    assert_eq!(
        told(&allow("*", "*"), &allow("s3:GetObject", "*")),
        ["- allow * on *  permissions"]
    );
    // Every action that is known is listed, and still the pattern stands for more.
    let known = crate::domain::policy::index::service("sqs").unwrap();
    let known: Vec<String> = known
        .actions
        .iter()
        .map(|action| format!("\"sqs:{}\"", action.name))
        .collect();
    let known = format!(r#"{{"Effect":"Allow","Action":[{}],"Resource":"*"}}"#, known.join(","));
    assert_eq!(told(&known, &allow("sqs:*", "*")), ["+ allow sqs:* on *  permissions"]);
    // NotAction
    let but = r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#;
    assert_eq!(
        told(but, &allow("sqs:*", "*")),
        ["- allow anything except iam:* on *  permissions"]
    );
    assert_eq!(
        told(&allow("sqs:*", "*"), but),
        ["+ allow anything except iam:* on *  permissions"]
    );
}

#[test]
fn who_may_assume_the_role_is_access_too() {
    let trust = |principal: &str| format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}"#);
    let lambda = trust(r#"{"Service":"lambda.amazonaws.com"}"#);
    let bob = trust(r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#);
    let both = all_of(&[&lambda, &bob]);
    assert_eq!(
        told(&lambda, &both),
        ["+ allow arn:aws:iam::111122223333:user/bob: sts:AssumeRole  write"]
    );
    assert_eq!(
        told(&both, &lambda),
        ["- allow arn:aws:iam::111122223333:user/bob: sts:AssumeRole  write"]
    );
    // An account by its number, and everybody.
    let root = trust(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#);
    assert_eq!(told(&root, &trust(r#"{"AWS":"111122223333"}"#)), [""; 0]);
    assert_eq!(told(&trust(r#""*""#), &bob).len(), 1);
    // The account lets its own policies decide; a user named there needs none.
    assert_eq!(told(&root, &bob).len(), 2);
}

#[test]
fn other_policies_of_the_role_count_on_both_sides() {
    let (narrow, admin) = (document(&allow("s3:GetObject", "*")), document(&allow("*", "*")));
    assert!(AccessChange::between(None, Some(&narrow)).widens());
    assert!(AccessChange::beside(None, Some(&narrow), &[&admin]).is_empty());
    assert!(AccessChange::beside(Some(&narrow), None, &[&admin]).is_empty());
}

mod generated {
    //! Pairs of documents by the thousand, the same ones in every run, held against `decide`.

    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    use super::super::compare::{Side, Witness, gains};
    use super::super::right::Fact;
    use super::*;
    use crate::domain::policy::evaluate::{Caller, Context, Policies, Request, decide};

    const ACTIONS: [&str; 8] = [
        "s3:GetObject",
        "S3:getobject",
        "s3:PutObject",
        "s3:Get*",
        "s3:*",
        "*",
        "s3:?etObject",
        "sqs:SendMessage",
    ];
    const RESOURCES: [&str; 7] = [
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::a/in/*",
        "arn:aws:s3:::a/in/?",
        "arn:aws:s3:::b",
        "arn:aws:s3:::a/${aws:PrincipalTag/team}/*",
        "arn:aws:s3",
        "*",
    ];
    const CALLED: [&str; 4] = ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "sqs:SendMessage"];
    const ON: [&str; 5] = [
        "arn:aws:s3:::a/in/x",
        "arn:aws:s3:::a/in/xy",
        "arn:aws:s3:::a/out",
        "arn:aws:s3:::b",
        "arn:aws:sqs:eu-west-1:111122223333:b",
    ];
    const SERVICES: [&str; 3] = ["lambda.amazonaws.com", "s3.amazonaws.com", "*"];

    /// Whether everything that stands in documents can be put into a request at once.
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        /// Conditions and variables of every kind.
        Any,
        /// One operator, one value.
        Plain,
    }

    fn statement(kind: Kind, trust: bool) -> impl Strategy<Value = Statement> {
        let operators: &[&'static str] = match kind {
            Kind::Any => &[
                "StringEquals",
                "StringNotEquals",
                "StringLike",
                "StringEqualsIfExists",
                "Null",
                "Odd",
            ],
            Kind::Plain => &["StringEquals"],
        };
        let most = if kind == Kind::Any { 2 } else { 1 };
        let resources = if kind == Kind::Any {
            RESOURCES.to_vec()
        } else {
            RESOURCES.iter().copied().filter(|r| !r.contains('$')).collect()
        };
        let values = proptest::sample::select(vec!["1", "2", "true", "${aws:PrincipalTag/team}"]);
        let values = prop::collection::btree_set(values.prop_map(str::to_owned), 1..=most);
        let test = (
            proptest::sample::select(operators.to_vec()),
            proptest::sample::select(vec!["aws:a", "aws:b", "AWS:A"]),
            values,
        );
        (
            prop::bool::weighted(0.3),
            prop::bool::weighted(0.15),
            prop::bool::weighted(0.15),
            prop::collection::btree_set(proptest::sample::select(ACTIONS.to_vec()), 1..3),
            prop::collection::btree_set(proptest::sample::select(resources), 1..3),
            prop::collection::vec(test, 0..2),
            proptest::sample::select(SERVICES.to_vec()),
        )
            .prop_map(
                move |(denies, not_action, not_resource, actions, resources, tests, service)| {
                    let owned =
                        |texts: std::collections::BTreeSet<&str>| texts.into_iter().map(str::to_owned).collect();
                    let others = kind == Kind::Any;
                    let mut statement = if denies {
                        Statement::deny([] as [&str; 0], [] as [&str; 0])
                    } else {
                        Statement::allow([] as [&str; 0], [] as [&str; 0])
                    };
                    if trust {
                        statement.actions = ["sts:AssumeRole".to_owned()].into();
                        let kind = if service == "*" { "AWS" } else { "Service" };
                        let principal = Principal::from([(kind.to_owned(), [service.to_owned()].into())]);
                        if not_action && kind != "AWS" && others {
                            statement.not_principal = Some(principal);
                        } else {
                            statement.principal = Some(principal);
                        }
                    } else {
                        *if not_action {
                            &mut statement.not_actions
                        } else {
                            &mut statement.actions
                        } = owned(actions);
                        *if not_resource {
                            &mut statement.not_resources
                        } else {
                            &mut statement.resources
                        } = owned(resources);
                    }
                    for (operator, key, values) in tests {
                        statement
                            .conditions
                            .entry(operator.to_owned())
                            .or_default()
                            .insert(key.to_owned(), values);
                    }
                    statement
                },
            )
    }

    /// Two documents that have much in common.
    fn pair(kind: Kind, trust: bool) -> impl Strategy<Value = (PolicyDocument, PolicyDocument)> {
        let one = move || prop::collection::vec(statement(kind, trust), 0..3);
        let versions = (prop::bool::weighted(0.15), prop::bool::weighted(0.15));
        (one(), one(), one(), versions).prop_map(|(shared, from, to, (old_from, old_to))| {
            let document = |own: Vec<Statement>, old: bool| PolicyDocument {
                version: if old { "2008-10-17" } else { "2012-10-17" }.into(),
                ..PolicyDocument::new(shared.iter().cloned().chain(own))
            };
            (document(from, old_from), document(to, old_to))
        })
    }

    fn allowed(document: &PolicyDocument, request: &Request) -> bool {
        let trust = matches!(request.caller, Caller::Service(_));
        let identity = std::slice::from_ref(document);
        let policies = Policies {
            identity: if trust { &[] } else { identity },
            boundary: None,
            resource: trust.then_some(document),
        };
        decide(request, policies).is_allowed()
    }

    fn request(trust: bool, service: &str, action: &str, resource: &str, context: Context) -> Request {
        let (caller, action) = if trust {
            (Caller::Service(service.to_owned()), "sts:AssumeRole")
        } else {
            (Caller::Identity("arn:aws:iam::111122223333:role/fn".into()), action)
        };
        Request {
            caller,
            action: action.into(),
            resource: resource.into(),
            resource_account: "111122223333".into(),
            context,
        }
    }

    fn requests(trust: bool) -> impl Strategy<Value = Request> {
        let value = || proptest::sample::select(vec!["", "1", "2", "true"]);
        let pick = |from: &[&'static str]| proptest::sample::select(from.to_vec());
        (
            pick(&SERVICES[..2]),
            pick(&CALLED),
            pick(&ON),
            value(),
            value(),
            proptest::sample::select(vec!["", "in", "1"]),
        )
            .prop_map(move |(service, action, resource, a, b, team)| {
                let keys = [("aws:a", a), ("aws:b", b), ("aws:PrincipalTag/team", team)];
                let given = keys.into_iter().filter(|(_, value)| !value.is_empty());
                let context = given.fold(Context::default(), |context, (key, value)| context.with(key, value));
                request(trust, service, action, resource, context)
            })
    }

    #[test]
    fn what_is_called_no_widening_allows_nothing_new() {
        let mut runner = TestRunner::deterministic();
        let (mut calm, mut gained) = (0, 0);
        for trust in [false, false, false, true] {
            let pairs = (pair(Kind::Any, trust), prop::collection::vec(requests(trust), 20));
            for _ in 0..150 {
                let ((from, to), requests) = pairs.new_tree(&mut runner).unwrap().current();
                let change = AccessChange::between(Some(&from), Some(&to));
                calm += usize::from(!change.widens());
                for request in requests {
                    let (before, after) = (allowed(&from, &request), allowed(&to, &request));
                    let shown = format!("{}\n{}\n{request:?}\n{change:#?}", from.to_json(), to.to_json());
                    assert!(before || !after || change.widens(), "gained unseen\n{shown}");
                    let losing = change.lines().any(|line| !line.widening);
                    assert!(!before || after || losing, "lost unseen\n{shown}");
                    gained += usize::from(after && !before);
                }
            }
        }
        assert!(
            calm > 100 && gained > 200,
            "{calm} without widening, {gained} requests gained"
        );
    }

    /// A request as the witness has it, unless its facts exclude each other.
    fn staged(witness: &Witness, trust: bool) -> Option<Request> {
        let mut context = std::collections::BTreeMap::new();
        let mut service = None;
        for fact in &witness.facts {
            let (known, value) = match fact {
                Fact::Test { key, values, .. } => {
                    let value = values.first()?.clone();
                    (context.insert(key.clone(), value.clone()), value)
                }
                Fact::Named(_, name) => (service.replace(name.clone()), name.clone()),
                Fact::NotNamed(_) | Fact::Among(_) | Fact::NotAmong(_) => return None,
            };
            if known.is_some_and(|known| known != value) {
                return None;
            }
        }
        let context = context.iter().fold(Context::default(), |context, (key, value)| {
            context.with(key, value.as_str())
        });
        let service = service.unwrap_or_else(|| "other.amazonaws.com".into());
        Some(request(trust, &service, &witness.action, &witness.resource, context))
    }

    #[test]
    fn whatever_is_shown_as_gained_or_lost_has_a_witness() {
        let mut runner = TestRunner::deterministic();
        let mut shown = 0;
        for trust in [false, false, true] {
            let pairs = pair(Kind::Plain, trust);
            for _ in 0..100 {
                let (from, to) = pairs.new_tree(&mut runner).unwrap().current();
                for (one, other) in [(&from, &to), (&to, &from)] {
                    let (before, after) = (Side::of([one]), Side::of([other]));
                    for gain in gains(&before, &after) {
                        let witness = gain.witness.as_ref().expect("small patterns are told apart");
                        let variables = |fact: &Fact| format!("{fact:?}").contains('$');
                        let Some(request) = staged(witness, trust).filter(|_| !witness.facts.iter().any(variables))
                        else {
                            continue;
                        };
                        let what = format!("{}\n{}\n{:?}\n{request:?}", one.to_json(), other.to_json(), gain.right);
                        assert!(!allowed(one, &request), "allowed before\n{what}");
                        assert!(allowed(other, &request), "denied after\n{what}");
                        assert!(gain.is_about(&request.action));
                        shown += 1;
                    }
                }
            }
        }
        assert!(shown > 200, "{shown} witnesses");
    }
}

#[test]
fn what_would_take_too_long_to_compare_counts_as_widening() {
    use super::compare::{Side, gains_within};
    use crate::domain::policy::glob::Budget;

    let slow = |end: &str| {
        let arns = (0..20).map(|i| format!("arn:aws:s3:::b{i}bb/{}{i}{end}", "*a?".repeat(59)));
        PolicyDocument::new([Statement::allow(["s3:GetObject".to_owned()], arns)])
    };
    let (from, to) = (slow(""), slow("x"));
    let (before, after, budget) = (Side::of([&from]), Side::of([&to]), Budget::default());
    let found = gains_within(&before, &after, &budget);
    // Nobody can tell that the narrower names are known already, so that they are shown.
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|gain| gain.witness.is_none()));
    assert!(budget.spent() > 0 && budget.spent() <= Budget::TOTAL);
    assert!(AccessChange::between(Some(&from), Some(&to)).widens());
    assert!(AccessChange::between(Some(&from), Some(&from)).is_empty());
}
