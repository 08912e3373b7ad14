package shop;

import shop.aws.Clients;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

abstract class Base {
  protected static final String TABLE = "notifications";
  protected final DynamoDbClient dynamo = Clients.dynamo();
}
