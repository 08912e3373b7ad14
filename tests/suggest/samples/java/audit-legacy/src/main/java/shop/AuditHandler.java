package shop;

import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.document.DynamoDB;
import com.amazonaws.services.dynamodbv2.document.Item;
import com.amazonaws.services.dynamodbv2.document.Table;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.GetObjectRequest;
import com.amazonaws.services.s3.model.ListObjectsV2Request;
import com.amazonaws.services.simplesystemsmanagement.AWSSimpleSystemsManagement;
import com.amazonaws.services.simplesystemsmanagement.AWSSimpleSystemsManagementClientBuilder;
import com.amazonaws.services.simplesystemsmanagement.model.GetParameterRequest;
import com.amazonaws.services.sns.AmazonSNS;
import com.amazonaws.services.sns.AmazonSNSClientBuilder;
import java.util.Map;

/** Still on the first SDK. */
public class AuditHandler implements RequestHandler<Map<String, String>, Void> {
  private static final String PREFIX = "audit/";

  private final AmazonS3 s3 = AmazonS3ClientBuilder.defaultClient();
  private final AmazonDynamoDB dynamo = AmazonDynamoDBClientBuilder.standard().withRegion("eu-west-1").build();
  private final AWSSimpleSystemsManagement ssm = AWSSimpleSystemsManagementClientBuilder.defaultClient();
  private final AmazonSNS sns = AmazonSNSClientBuilder.defaultClient();

  @Override
  public Void handleRequest(Map<String, String> event, Context context) {
    String bucket = System.getenv("BUCKET");
    ListObjectsV2Request list = new ListObjectsV2Request().withBucketName(bucket);
    list.setPrefix(PREFIX);
    s3.listObjectsV2(list).getObjectSummaries().forEach(found -> {
      s3.getObject(new GetObjectRequest(bucket, PREFIX + found.getKey()));
    });
    s3.copyObject(bucket, PREFIX + "latest", "shop-archive", "audit/" + event.get("day"));

    Table entries = new DynamoDB(dynamo).getTable("audit");
    entries.putItem(new Item().withPrimaryKey("id", event.get("id")));

    String topic = ssm.getParameter(new GetParameterRequest().withName("/audit/topic")).getParameter().getValue();
    sns.publish(topic, "audited");
    return null;
  }
}
