//! What becomes of a value on its way into a call.

use super::told;

#[test]
fn values_are_followed() {
    for (before, value, expected) in [
        ("", r#""orders""#, "orders"),
        ("", "`a-${'b'}-${process.env.STAGE}`", "a-b-$STAGE"),
        ("", r#""a" + "-" + process.env["STAGE"] + x"#, "a-$STAGE?"),
        ("const T = 'orders';", "T", "orders"),
        ("const T = 'orders' as const;", "T", "orders"),
        ("", "process.env.TABLE", "$TABLE"),
        ("", "process.env.TABLE!", "$TABLE"),
        ("", "process.env.TABLE ?? 'd'", "$TABLE|d"),
        ("", "process.env.TABLE || 'd'", "$TABLE|d"),
        ("", "String(process.env.TABLE)", "$TABLE"),
        ("", "(process.env.TABLE as string)", "$TABLE"),
        ("const { TABLE } = process.env;", "TABLE", "$TABLE"),
        ("const { TABLE: t = 'd' } = process.env;", "t", "$TABLE|d"),
        ("const { TABLE = 'd', ...rest } = process.env;", "rest.OTHER", "$OTHER"),
        ("import { env } from 'node:process';", "env.TABLE", "$TABLE"),
        ("const env = process.env;", "env.TABLE", "$TABLE"),
        ("const env = schema.parse(process.env);", "env.TABLE", "$TABLE"),
        (
            "import { cleanEnv, str } from 'envalid'; const env = cleanEnv(process.env, { TABLE: str() });",
            "env.TABLE",
            "$TABLE",
        ),
        (
            "import { get } from 'env-var';",
            "get('TABLE').required().asString()",
            "$TABLE",
        ),
        (
            "const config = { db: { table: process.env.TABLE } };",
            "config.db.table",
            "$TABLE",
        ),
        (
            "const config = Object.freeze({ table: 'orders' });",
            "config.table",
            "orders",
        ),
        ("const config = {}; config.table = 'orders';", "config.table", "orders"),
        (
            "enum Table { Orders = 'orders', Users = 'users' }",
            "Table.Orders",
            "orders",
        ),
        (
            "const TABLES = { a: 'orders', b: 'users' } as const; type TABLES = keyof typeof TABLES;",
            "TABLES.b",
            "users",
        ),
        (
            "const TABLES = { a: 'orders', b: 'users' };",
            "TABLES[kind]",
            "(orders|users)",
        ),
        ("", "event.live ? 'live' : 'test'", "(live|test)"),
        ("let t = 'a'; if (x) t = 'b';", "t", "(a|b)"),
        ("let t = null; t = 'b';", "t", "b"),
        ("", "['a', 'b'].join('-')", "a-b"),
        (
            "import path from 'path';",
            "path.join('in', process.env.DIR, 'x.txt')",
            "in/$DIR/x.txt",
        ),
        (
            "const required = (name: string) => { const v = process.env[name]; if (!v) throw new Error(name); return v; };",
            "required('TABLE')",
            "$TABLE",
        ),
        (
            "function required(name) { return process.env[name] ?? fail(name); }",
            "required(`TABLE`)",
            "$TABLE",
        ),
        ("const [, second] = ['a', 'b'];", "second", "b"),
        ("let s = 'a'; for (;;) { s = s + 'b'; }", "s", "(a|ab)"),
        ("const a = b; const b = a;", "`x${a}`", "x?"),
        ("function f(n) { return n ? f(n - 1) : 'end'; }", "f(3)", "end"),
        ("", "await Promise.resolve('x')", "x"),
        ("", "event.table", "?"),
    ] {
        let text = format!(
            "import {{ DescribeTableCommand }} from '@aws-sdk/client-dynamodb';\n{before}\nasync function run(event) {{ \
             await client.send(new DescribeTableCommand({{ TableName: {value} }})); }}"
        );
        assert_eq!(
            told(&[("a.ts", &text)]),
            [format!("dynamodb DescribeTable TableName={expected}")],
            "{before} {value}"
        );
    }
}

#[test]
fn inputs_are_put_together() {
    for (before, input, expected) in [
        (
            "const base = { TableName: 'orders' };",
            "{ ...base, Key: { id: { S: x } } }",
            " TableName=orders Key={id:{S:?}}",
        ),
        ("const TableName = process.env.T;", "{ TableName }", " TableName=$T"),
        (
            "const input: GetItemCommandInput = { TableName: 'a' };",
            "input",
            " TableName=a",
        ),
        (
            "const input = {}; input.TableName = 'a'; input['Key'] = k;",
            "input",
            " TableName=a Key=?",
        ),
        ("", "Object.assign({}, { TableName: 'a' }, more)", " TableName=a"),
        (
            "",
            "{ TableName: 'a', ...(x && { IndexName: 'i' }) }",
            " TableName=a IndexName=i",
        ),
        ("", "{ TableName: 'a', VersionId: undefined }", " TableName=a"),
        ("", "{ [`Table${'Name'}`]: 'a' }", " TableName=a"),
        (
            "const T = 'orders';",
            "{ RequestItems: { [T]: rows.map((row) => ({ PutRequest: { Item: row } })) } }",
            " RequestItems={orders:[{PutRequest:{Item:?}}]}",
        ),
        (
            "const items = []; items.push({ Put: { TableName: 'a' } }, { Delete: { TableName: 'b' } });",
            "{ TransactItems: items }",
            " TransactItems=[{Put:{TableName:a}},{Delete:{TableName:b}}]",
        ),
        (
            "",
            "{ TransactItems: [...['a', 'b'].map((TableName) => ({ Put: { TableName } }))] }",
            " TransactItems=[{Put:{TableName:a}},{Put:{TableName:b}}]",
        ),
        ("", "unknown", ""),
        ("", "", ""),
    ] {
        let text = format!(
            "import {{ GetItemCommand }} from '@aws-sdk/client-dynamodb';\n{before}\nclient.send(new GetItemCommand({input}));"
        );
        assert_eq!(
            told(&[("a.ts", &text)]),
            [format!("dynamodb GetItem{expected}")],
            "{before} {input}"
        );
    }
}

#[test]
fn an_input_of_several_is_several_calls() {
    let text = "import { GetItemCommand } from '@aws-sdk/client-dynamodb';
        new GetItemCommand(x ? { TableName: 'a' } : { TableName: 'b' });";
    assert_eq!(
        told(&[("a.js", text)]),
        ["dynamodb GetItem TableName=a", "dynamodb GetItem TableName=b"]
    );
}
