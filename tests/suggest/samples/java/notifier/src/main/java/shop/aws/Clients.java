package shop.aws;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

public final class Clients {
  private static final Region REGION = Region.of(System.getenv("AWS_REGION"));

  private Clients() {}

  public static SqsClient sqs() {
    return SqsClient.builder().region(REGION).httpClient(UrlConnectionHttpClient.create()).build();
  }

  public static EventBridgeClient events() {
    return EventBridgeClient.builder().region(REGION).build();
  }

  public static SecretsManagerClient secrets() {
    return SecretsManagerClient.create();
  }

  public static DynamoDbClient dynamo() {
    return DynamoDbClient.create();
  }
}
