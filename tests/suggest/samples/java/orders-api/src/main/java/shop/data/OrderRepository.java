package shop.data;

import static shop.data.Tables.BY_CUSTOMER;

import java.util.List;
import software.amazon.awssdk.enhanced.dynamodb.*;
import software.amazon.awssdk.enhanced.dynamodb.model.*;

public class OrderRepository {
  private final DynamoDbEnhancedClient client;
  private final DynamoDbTable<Order> table;
  private final DynamoDbTable<Order> stock;

  public OrderRepository(DynamoDbEnhancedClient client, String name) {
    this.client = client;
    this.table = client.table(name, TableSchema.fromBean(Order.class));
    this.stock = client.table(Tables.STOCK, TableSchema.fromBean(Order.class));
  }

  public Order find(String id) {
    return table.getItem(Key.builder().partitionValue(id).build());
  }

  public List<Order> ofCustomer(String customer) {
    DynamoDbIndex<Order> index = table.index(BY_CUSTOMER);
    return index
        .query(QueryConditional.keyEqualTo(k -> k.partitionValue(customer)))
        .stream()
        .flatMap(page -> page.items().stream())
        .toList();
  }

  public void place(Order order) {
    client.transactWriteItems(
        TransactWriteItemsEnhancedRequest.builder().addPutItem(table, order).addUpdateItem(stock, order).build());
  }
}
