package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import shop.aws.Clients;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.sqs.SqsClient;

public class Notifier extends Base implements RequestHandler<SQSEvent, Void> {
  private final SqsClient sqs = Clients.sqs();
  private final EventBridgeClient events = Clients.events();
  private final SecretsManagerClient secrets = Clients.secrets();

  @Override
  public Void handleRequest(SQSEvent event, Context context) {
    String token = secrets.getSecretValue(secret("prod/notifier")).secretString();
    Map<String, List<WriteRequest>> items = new HashMap<>();
    items.put(TABLE, List.of(WriteRequest.builder().putRequest(PutRequest.builder().build()).build()));
    dynamo.batchWriteItem(b -> b.requestItems(items));
    for (SQSEvent.SQSMessage message : event.getRecords()) {
      if (token.isEmpty()) {
        sqs.sendMessage(m -> m.queueUrl(queue("FAILED")).messageBody(message.getBody()));
        continue;
      }
      PutEventsRequestEntry entry =
          PutEventsRequestEntry.builder().eventBusName(System.getenv("BUS")).detail(message.getBody()).build();
      events.putEvents(request -> request.entries(entry));
    }
    return null;
  }

  private static GetSecretValueRequest secret(String id) {
    return GetSecretValueRequest.builder().secretId(id).build();
  }

  private static String queue(String name) {
    return "https://sqs.eu-west-1.amazonaws.com/123456789012/" + System.getenv(name);
  }
}
