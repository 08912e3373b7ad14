package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

public class ThumbnailHandler implements RequestHandler<S3Event, String> {
  private static final String TARGET = "thumbs/";
  private final S3Client s3;
  private final String bucket;

  public ThumbnailHandler() {
    this(S3Client.create(), System.getenv("BUCKET"));
  }

  ThumbnailHandler(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  @Override
  public String handleRequest(S3Event event, Context context) {
    for (var record : event.getRecords()) {
      String name = Names.last(record.getS3().getObject().getUrlDecodedKey());
      GetObjectRequest request = GetObjectRequest.builder().bucket(bucket).key(Names.SOURCE + name).build();
      try (InputStream image = s3.getObject(request)) {
        byte[] small = Images.scale(image, 128);
        PutObjectRequest.Builder put = PutObjectRequest.builder().bucket(bucket);
        put.key(String.format("%s%s", TARGET, name)).contentType("image/jpeg");
        s3.putObject(put.build(), RequestBody.fromBytes(small));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      s3.deleteObject(r -> r.bucket(bucket).key(Names.SOURCE + name));
    }
    return "done";
  }
}
