package shop;

final class Names {
  static final String SOURCE = "in/";

  private Names() {}

  static String last(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }
}
