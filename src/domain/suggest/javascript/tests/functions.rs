//! Arguments and fields on their way into functions and classes.

use super::told;

#[test]
fn parameters_are_what_callers_pass() {
    let head = "import { GetItemCommand } from '@aws-sdk/client-dynamodb';\n";
    let cases: &[(&str, &[&str])] = &[
        (
            "function get(table, id) { return db.send(new GetItemCommand({ TableName: table })); } get('a', 1); get(process.env.B, 2);",
            &["a", "$B"],
        ),
        (
            "const get = async (table = 'd') => db.send(new GetItemCommand({ TableName: table })); get(); get('a');",
            &["d", "a"],
        ),
        (
            "const get = ({ table }) => new GetItemCommand({ TableName: table }); get({ table: 'a' })",
            &["a"],
        ),
        (
            "const get = (...tables) => new GetItemCommand({ TableName: tables[0] }); get('a', 'b')",
            &["a"],
        ),
        (
            "exports.handler = async (event) => new GetItemCommand({ TableName: event.table })",
            &["?"],
        ),
        (
            "for (const t of ['a', 'b']) new GetItemCommand({ TableName: t })",
            &["(a|b)"],
        ),
        (
            "['a', 'b'].forEach((t) => new GetItemCommand({ TableName: t }))",
            &["(a|b)"],
        ),
        // A call of a call.
        (
            "const low = (t) => new GetItemCommand({ TableName: `x-${t}` }); const high = (t) => low(t + '-1'); high('a'); high('b');",
            &["x-a-1", "x-b-1"],
        ),
        (
            "class Repo { constructor(table) { this.table = table; } get() { return new GetItemCommand({ TableName: this.table }); } } \
             new Repo('a').get(); new Repo('b').get();",
            &["a", "b"],
        ),
        (
            "class Repo { constructor(private table: string) {} get() { return new GetItemCommand({ TableName: this.table }); } } new Repo('a');",
            &["a"],
        ),
        (
            "abstract class Base { abstract table: string; get() { return new GetItemCommand({ TableName: this.table }); } } \
             class A extends Base { table = 'a'; } class B extends Base { table = 'b'; }",
            &["(a|b)"],
        ),
        (
            "class Base { constructor(t) { this.t = t; } get() { return new GetItemCommand({ TableName: this.t }); } } \
             class A extends Base { constructor() { super('a'); } } new A().get();",
            &["a"],
        ),
        (
            "const make = (table) => ({ get: (id) => new GetItemCommand({ TableName: table }) }); const repo = make('a'); repo.get(1);",
            &["a"],
        ),
        (
            "interface Store { load(t: string): void } class Db implements Store { load(t: string) { new GetItemCommand({ TableName: t }); } } \
             function run(store: Store) { store.load('a'); }",
            &["a"],
        ),
        // Functions that call themselves, or one another.
        (
            "function f(t) { new GetItemCommand({ TableName: t }); f(t); } f('a');",
            &["a"],
        ),
        (
            "function f(t) { g(t); } function g(t) { f(t); new GetItemCommand({ TableName: t }); } f('a');",
            &["a"],
        ),
        // The command itself handed on.
        (
            "const run = (Command, input) => db.send(new Command(input)); run(GetItemCommand, { TableName: 'a' });",
            &["a"],
        ),
    ];
    for (text, expected) in cases {
        let expected: Vec<String> = expected
            .iter()
            .map(|table| format!("dynamodb GetItem TableName={table}"))
            .collect();
        assert_eq!(told(&[("a.ts", &format!("{head}{text}"))]), expected, "{text}");
    }
}
