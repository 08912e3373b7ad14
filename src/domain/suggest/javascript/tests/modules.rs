//! Names on their way from file to file, and files that are no programs.

use super::super::super::call::Location;
use super::super::super::call::SourceFile;
use super::told;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn names_are_followed_through_files() {
    let cases: &[&[(&str, &str)]] = &[
        &[
            (
                "src/h.ts",
                "import { s3, BUCKET as B } from './lib'; s3.headBucket({ Bucket: B })",
            ),
            (
                "src/lib/index.ts",
                "export * from './clients'; export { BUCKET } from './config.js';",
            ),
            (
                "src/lib/clients.ts",
                "import { S3 } from '@aws-sdk/client-s3'; export const s3 = new S3({});",
            ),
            ("src/lib/config.ts", "export const BUCKET = process.env.B;"),
        ],
        &[
            (
                "h.js",
                "const { s3 } = require('./clients'); const config = require('./config'); s3.headBucket({ Bucket: config.bucket })",
            ),
            (
                "clients.js",
                "const { S3 } = require('@aws-sdk/client-s3'); exports.s3 = new S3({});",
            ),
            ("config.js", "module.exports = { bucket: process.env.B };"),
        ],
        &[
            (
                "h.mjs",
                "import config, * as all from './config.mjs'; import s3 from './s3.mjs'; s3.headBucket({ Bucket: all.default.bucket })",
            ),
            (
                "s3.mjs",
                "import { S3 } from '@aws-sdk/client-s3'; const client = new S3({}); export { client as default };",
            ),
            ("config.mjs", "export default { bucket: process.env.B };"),
        ],
        &[
            (
                "h.ts",
                "import { aws } from './aws'; const s3 = new aws.S3({}); s3.headBucket({ Bucket: process.env.B })",
            ),
            ("aws.ts", "export * as aws from '@aws-sdk/client-s3';"),
        ],
        &[
            (
                "h.ts",
                "import { S3 } from './aws'; new S3({}).headBucket({ Bucket: process.env.B })",
            ),
            ("aws.ts", "export * from './none'; export * from '@aws-sdk/client-s3';"),
            ("none.ts", "export const x = 1; export * from './aws';"),
        ],
        &[
            ("src/h.ts", "import { check } from '@/check'; check(process.env.B)"),
            (
                "src/check.ts",
                "import type { S3 } from '@aws-sdk/client-s3'; let s3: S3; export function check(b: string, c: S3) { c.headBucket({ Bucket: b }); }",
            ),
        ],
        &[
            ("h.js", "const check = require('./check'); check(process.env.B)"),
            (
                "check.js",
                "const { S3 } = require('@aws-sdk/client-s3'); module.exports = (bucket) => new S3({}).headBucket({ Bucket: bucket });",
            ),
        ],
        &[
            (
                "h.ts",
                "import { verify as v } from './check'; v({ Bucket: process.env.B })",
            ),
            (
                "check.ts",
                "import { S3 } from '@aws-sdk/client-s3'; async function check(p) { await new S3({}).headBucket(p); } export { check as verify };",
            ),
        ],
        &[
            (
                "h.ts",
                "import { Checker } from './checker'; import { S3 } from '@aws-sdk/client-s3'; new Checker(new S3({}), process.env.B).run()",
            ),
            (
                "checker.ts",
                "import type { Ports } from './ports'; export class Checker { constructor(private s3: Ports['s3'], private b: string) {} run() { return this.s3.headBucket({ Bucket: this.b }); } }",
            ),
            ("ports.ts", "export interface Ports { s3: unknown }"),
        ],
        &[
            (
                "h.ts",
                "import type { Ports } from './ports'; export const run = (ports: Ports) => ports.s3.headBucket({ Bucket: process.env.B });",
            ),
            (
                "ports.ts",
                "import { S3 } from '@aws-sdk/client-s3'; export interface Ports { s3: S3 }",
            ),
        ],
    ];
    for files in cases {
        assert_eq!(told(files), ["s3 headBucket Bucket=$B"], "{files:?}");
    }
}

#[test]
fn calls_say_where_they_stand() {
    let file = SourceFile {
        path: "src/a.js".to_owned(),
        text: "const { S3 } = require('@aws-sdk/client-s3');\n\n  /* é */ new S3({}).listBuckets();".to_owned(),
    };
    let at = Location {
        file: "src/a.js".to_owned(),
        line: 3,
        column: 11,
    };
    assert_eq!(super::super::calls(&[&file]).calls[0].at, at);
}

#[test]
fn what_is_no_program_harms_nobody() {
    let good = "import { S3 } from '@aws-sdk/client-s3';\nnew S3({}).headBucket({ Bucket: 'b' });\n";
    for (path, rest) in [
        ("a.js", "function ( { const = ;"),
        ("a.ts", "class { @ } enum interface <<<<<<< HEAD"),
        ("a.jsx", "const view = <A b={c}><D.E {...f}/>text</A>;"),
        (
            "a.tsx",
            "const view = <A<string> b={c}>{d as any}</A>; @Injectable() class X<T extends Y> { @Inject('s3') s3!: T }",
        ),
        ("a.js", "\u{0}\u{1}\u{feff} \"\\u{110000}\" '\\u' `${`${"),
        (
            "a.ts",
            "export default; import from; export { } from; export * as from 'x'; const { [a]: b, ...{ c } } = d;",
        ),
    ] {
        assert_eq!(
            told(&[(path, &format!("{good}{rest}"))]),
            ["s3 headBucket Bucket=b"],
            "{rest}"
        );
    }
    let deep = format!(
        "{good}x = {}1{};\ny = {}1;",
        "[".repeat(5_000),
        "]".repeat(5_000),
        "1 + ".repeat(20_000)
    );
    assert_eq!(told(&[("a.js", &deep)]), ["s3 headBucket Bucket=b"]);
    assert_eq!(told(&[("a.js", ""), ("a.ts", "\u{feff}")]), [""; 0]);
}
