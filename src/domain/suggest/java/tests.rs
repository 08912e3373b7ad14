use super::calls;
use crate::domain::suggest::syntax::testing::described;

/// Statements of a handler, with the usual imports and clients.
fn handler(statements: &str) -> Vec<String> {
    let source = format!(
        r#"package shop;
import java.util.*;
import software.amazon.awssdk.enhanced.dynamodb.*;
import software.amazon.awssdk.services.s3.*;
import software.amazon.awssdk.services.s3.model.*;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
public class Handler {{
  private static final String BUCKET = System.getenv().getOrDefault("BUCKET", "photos");
  private final S3Client s3 = S3Client.builder().region(Region.EU_WEST_1).build();
  private final SfnClient sfn = SfnClient.create();
  private final DynamoDbEnhancedClient enhanced = DynamoDbEnhancedClient.create();
  private final DynamoDbTable<Order> orders = enhanced.table(System.getenv("ORDERS"), TableSchema.fromBean(Order.class));
  private final S3Presigner presigner = S3Presigner.create();
  static class Unrelated {{ void getObject(String a, String b) {{}} }}
  public String handleRequest(Map<String, String> event, Context context) {{
    String id = event.get("id");
    {statements}
    return "";
  }}
}}
"#
    );
    described(calls, &[("src/main/java/shop/Handler.java", &source)])
}

#[test]
fn statements_of_a_handler() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"s3.getObject(GetObjectRequest.builder().bucket("b").key("in/" + id).build());"#,
            &["s3 getObject bucket=b key=in/<?>"],
        ),
        (
            r#"s3.getObject(r -> r.bucket(BUCKET).key(String.format("in/%s.json", id)));"#,
            &["s3 getObject bucket=${BUCKET|photos} key=in/<?>.json"],
        ),
        (
            r#"PutObjectRequest.Builder b = PutObjectRequest.builder().bucket("b");
               if (id != null) { b.key("x"); }
               this.s3.putObject(b.build(), RequestBody.fromString(""));"#,
            &["s3 putObject bucket=b key=x"],
        ),
        (
            r#"s3.putObject(r -> { r.bucket("b"); r.key("k"); }, RequestBody.empty());"#,
            &["s3 putObject bucket=b key=k"],
        ),
        (
            r#"for (var page : s3.listObjectsV2Paginator(r -> r.bucket("b").prefix("in/"))) { page.contents(); }"#,
            &["s3 listObjectsV2 bucket=b prefix=in/"],
        ),
        (
            r#"s3.waiter().waitUntilObjectExists(r -> r.bucket("b").key("k"));"#,
            &["s3 objectExists bucket=b key=k"],
        ),
        (
            r#"presigner.presignPutObject(p -> p.putObjectRequest(r -> r.bucket("b").key("k")).signatureDuration(d));"#,
            &["s3 putObject bucket=b key=k"],
        ),
        (
            r#"S3TransferManager.create().uploadFile(u -> u.putObjectRequest(r -> r.bucket("b").key("k")).source(f));"#,
            &["s3 upload bucket=b key=k"],
        ),
        (
            r#"orders.putItem(order); orders.index("by-day").query(q);"#,
            &[
                "dynamodb putItem tableName=${ORDERS}",
                "dynamodb query indexName=by-day tableName=${ORDERS}",
            ],
        ),
        (
            r#"sfn.startExecution(r -> r.stateMachineArn(Optional.ofNullable(System.getenv("FLOW")).orElse("none")));"#,
            &["sfn startExecution stateMachineArn=${FLOW|none}"],
        ),
        (
            r#"new Unrelated().getObject("b", "k"); s3.close(); id.getObject();"#,
            &[],
        ),
    ];
    for (statements, expected) in cases {
        assert_eq!(handler(statements), *expected, "{statements}");
    }
}

#[test]
fn names_lead_across_classes() {
    let factory = r"package shop.infra;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
public final class Clients {
  private Clients() {}
  public static DynamoDbClient dynamo() { return DynamoDbClient.builder().build(); }
}
";
    let config = r#"package shop;
public class Config {
  public static final String TABLE = System.getenv("TABLE");
  public enum Folder { IN("in/"); final String prefix; Folder(String prefix) { this.prefix = prefix; } }
}
"#;
    let repository = r"package shop;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
class Repository {
  private final DynamoDbClient db;
  private final String table;
  Repository(DynamoDbClient db, String table) { this.db = db; this.table = table; }
  void save(Map<String, AttributeValue> item) {
    PutItemRequest request = PutItemRequest.builder().tableName(table).item(item).build();
    db.putItem(request);
  }
}
";
    let handler = r#"package shop;
import shop.infra.Clients;
import software.amazon.awssdk.services.s3.S3Client;
import static shop.Config.TABLE;
public class Handler {
  private final Repository orders = new Repository(Clients.dynamo(), TABLE);
  private final Repository audit = new Repository(Clients.dynamo(), Config.TABLE + "-audit");
  private final S3Client s3;
  public Handler() { this(S3Client.create()); }
  Handler(S3Client s3) { this.s3 = s3; }
  public void handle() {
    orders.save(null);
    audit.save(null);
    s3.deleteObject(r -> r.bucket("b").key(Config.Folder.IN.prefix + "x"));
  }
}
"#;
    assert_eq!(
        described(
            calls,
            &[
                ("src/main/java/shop/Handler.java", handler),
                ("src/main/java/shop/Repository.java", repository),
                ("src/main/java/shop/Config.java", config),
                ("src/main/java/shop/infra/Clients.java", factory),
            ]
        ),
        [
            "dynamodb putItem item=[?] tableName=${TABLE}",
            "dynamodb putItem item=[?] tableName=${TABLE}-audit",
            "s3 deleteObject bucket=b key=in/x",
        ]
    );
}

#[test]
fn the_first_sdk_too() {
    let source = r#"package shop;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.*;
import com.amazonaws.services.dynamodbv2.*;
import com.amazonaws.services.dynamodbv2.document.DynamoDB;
class Handler {
  private final AmazonS3 s3 = AmazonS3ClientBuilder.defaultClient();
  private final AmazonDynamoDB db = AmazonDynamoDBClientBuilder.standard().withRegion("x").build();
  void handle(String key) {
    s3.getObject("b", key);
    s3.getObject(new GetObjectRequest("c", "k"));
    ListObjectsV2Request request = new ListObjectsV2Request().withBucketName("d");
    request.setPrefix("in/");
    s3.listObjectsV2(request);
    s3.copyObject("a", "k", "b", "k2");
    new DynamoDB(db).getTable("t").putItem(item);
  }
}
"#;
    assert_eq!(
        described(calls, &[("Handler.java", source)]),
        [
            "dynamodb putItem tableName=t",
            "s3 copyObject bucket=b copySource=a/k key=k2",
            "s3 getObject bucket=b key=?",
            "s3 getObject bucket=c key=k",
            "s3 listObjectsV2 bucket=d prefix=in/",
        ]
    );
}
