package shop.data;

public final class Tables {
  public static final String ORDERS = System.getenv().getOrDefault("TABLE", "orders-dev");
  public static final String STOCK = "stock";
  public static final String BY_CUSTOMER = "by-customer";

  private Tables() {}
}
