package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import shop.data.Order;
import shop.data.OrderRepository;
import shop.data.Tables;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sfn.SfnClient;

public class Handler implements RequestHandler<Map<String, String>, Object> {
  private static final DynamoDbClient DYNAMO = DynamoDbClient.builder().build();
  private static final DynamoDbEnhancedClient ENHANCED =
      DynamoDbEnhancedClient.builder().dynamoDbClient(DYNAMO).build();

  private final OrderRepository orders = new OrderRepository(ENHANCED, Tables.ORDERS);
  private final SfnClient flows = SfnClient.create();

  @Override
  public Object handleRequest(Map<String, String> event, Context context) {
    return switch (event.get("action")) {
      case "get" -> orders.find(event.get("id"));
      case "list" -> orders.ofCustomer(event.get("customer"));
      case "create" -> create(event);
      case "count" -> DYNAMO.describeTable(b -> b.tableName(Tables.ORDERS)).table().itemCount();
      default -> throw new IllegalArgumentException("unknown action");
    };
  }

  private Order create(Map<String, String> event) {
    Order order = new Order();
    order.setId(event.get("id"));
    orders.place(order);
    flows.startExecution(r -> {
      r.stateMachineArn(System.getenv("STATE_MACHINE"));
      r.name(order.getId());
    });
    return order;
  }
}
