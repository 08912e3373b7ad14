package shop;

import java.io.IOException;
import java.io.InputStream;

final class Images {
  private Images() {}

  static byte[] scale(InputStream image, int edge) throws IOException {
    return image.readNBytes(edge);
  }
}
