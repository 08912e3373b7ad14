use super::calls;
use crate::domain::suggest::syntax::testing::described;

fn described_of(files: &[(&str, &str)]) -> Vec<String> {
    described(calls, files)
}

/// Statements of a handler, with the usual imports and clients.
fn handler(statements: &str) -> Vec<String> {
    let source = format!(
        r#"package main
import (
	"context"
	"fmt"
	"os"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
)
const bucket = "photos"
var table = os.Getenv("TABLE")
type unrelated struct{{}}
func (unrelated) GetObject(ctx context.Context, name string) {{}}
func mustEnv(name string) string {{
	v, ok := os.LookupEnv(name)
	if !ok {{ panic(name) }}
	return v
}}
func handle(ctx context.Context, id string) error {{
	cfg, err := config.LoadDefaultConfig(ctx)
	client := s3.NewFromConfig(cfg)
	db := ddb.NewFromConfig(cfg)
	{statements}
	return err
}}
"#
    );
    described_of(&[("main.go", &source)])
}

#[test]
fn statements_of_a_handler() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("in/" + id)})"#,
            &["s3 GetObject Bucket=b Key=in/<?>"],
        ),
        (
            r#"input := &s3.PutObjectInput{Bucket: aws.String(bucket)}
               input.Key = aws.String(fmt.Sprintf("out/%s/%d.json", id, 5))
               client.PutObject(ctx, input)"#,
            &["s3 PutObject Bucket=photos Key=out/<?>/<?>.json"],
        ),
        (
            r"db.Query(ctx, &ddb.QueryInput{TableName: &table})",
            &["dynamodb Query TableName=${TABLE}"],
        ),
        (
            r#"p := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String(mustEnv("IN"))})
               for p.HasMorePages() { p.NextPage(ctx) }"#,
            &["s3 ListObjectsV2 Bucket=${IN}"],
        ),
        (
            r#"manager.NewUploader(client).Upload(ctx, &s3.PutObjectInput{Bucket: aws.String("b")})"#,
            &["s3 Upload Bucket=b"],
        ),
        (
            r#"ddb.NewTableExistsWaiter(db).Wait(ctx, &ddb.DescribeTableInput{TableName: aws.String("t")}, 5)"#,
            &["dynamodb DescribeTable TableName=t"],
        ),
        (
            r#"s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b")})"#,
            &["s3 GetObject Bucket=b"],
        ),
        ("client.ListBuckets(ctx, nil)", &["s3 ListBuckets"]),
        ("unrelated{}.GetObject(ctx, id); client.Options()", &[]),
        (
            r#"if id == "" { input := &s3.GetObjectInput{Bucket: aws.String("a")}; client.GetObject(ctx, input) } else {
               input := &s3.DeleteObjectInput{Bucket: aws.String("b")}; client.DeleteObject(ctx, input) }"#,
            &["s3 DeleteObject Bucket=b", "s3 GetObject Bucket=a"],
        ),
        (
            r#"name := os.Getenv("T")
               if name == "" { name = "default" }
               db.Scan(ctx, &ddb.ScanInput{TableName: aws.String(name)})"#,
            &["dynamodb Scan TableName=${T|default}"],
        ),
    ];
    for (statements, expected) in cases {
        assert_eq!(handler(statements), *expected, "{statements}");
    }
}

#[test]
fn broken_code_gives_what_parses() {
    let source = r#"package main
import "github.com/aws/aws-sdk-go-v2/service/s3"
func ok(c *s3.Client) { c.GetObject(nil, &s3.GetObjectInput{Bucket: bucket()}) }
func broken( {{{ ]]]"#;
    assert_eq!(described_of(&[("main.go", source)]), ["s3 GetObject Bucket=?"]);
}

#[test]
fn names_lead_across_files() {
    let store = r#"package store
import (
	"context"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)
type S3API interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, opts ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}
type Config struct {
	Table string
	Inbox string `env:"INBOX,required"`
}
type Store struct {
	db  *dynamodb.Client
	s3  S3API
	cfg Config
}
func New(db *dynamodb.Client, s3 S3API, cfg Config) *Store { return &Store{db: db, s3: s3, cfg: cfg} }
func (s *Store) Save(ctx context.Context, id string) error {
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.cfg.Table)})
	return err
}
func (s *Store) read(ctx context.Context, key string) error {
	_, err := s.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.cfg.Inbox, Key: &key})
	return err
}
func (s *Store) Both(ctx context.Context) { s.read(ctx, "a"); s.read(ctx, "b") }
"#;
    let main = r#"package main
import (
	"os"
	"example.com/shop/internal/store"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)
var s *store.Store
func init() {
	cfg := store.Config{Table: os.Getenv("TABLE")}
	s = store.New(dynamodb.NewFromConfig(aws), s3.NewFromConfig(aws), cfg)
}
func handle() { s.Save(nil, "x"); s.Both(nil) }
func main() { lambda.Start(handle) }
"#;
    assert_eq!(
        described_of(&[("main.go", main), ("internal/store/store.go", store)]),
        [
            "dynamodb PutItem TableName=${TABLE}",
            "s3 GetObject Bucket=${INBOX} Key=a",
            "s3 GetObject Bucket=${INBOX} Key=b",
        ]
    );
}

#[test]
fn the_first_sdk_too() {
    let source = r#"package main
import (
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/aws/aws-sdk-go/service/s3"
	"github.com/aws/aws-sdk-go/service/s3/s3manager"
)
type deps struct { db dynamodbiface.DynamoDBAPI }
func (d deps) handle(ctx aws.Context) {
	sess := session.Must(session.NewSession())
	svc := s3.New(sess)
	svc.ListObjectsV2PagesWithContext(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("b")}, nil)
	req, _ := svc.GetObjectRequest(&s3.GetObjectInput{Bucket: aws.String("b")})
	req.Presign(5)
	s3manager.NewDownloader(sess).Download(nil, &s3.GetObjectInput{Bucket: aws.String("c")})
	s3manager.NewUploaderWithClient(svc).UploadWithContext(ctx, &s3manager.UploadInput{Bucket: aws.String("d")})
	d.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{TableName: aws.String("t")})
	d.db.WaitUntilTableExists(&dynamodb.DescribeTableInput{TableName: aws.String("t")})
}
"#;
    assert_eq!(
        described_of(&[("main.go", source)]),
        [
            "dynamodb DescribeTable TableName=t",
            "dynamodb PutItem TableName=t",
            "s3 Download Bucket=c",
            "s3 GetObject Bucket=b",
            "s3 ListObjectsV2 Bucket=b",
            "s3 Upload Bucket=d",
        ]
    );
}
