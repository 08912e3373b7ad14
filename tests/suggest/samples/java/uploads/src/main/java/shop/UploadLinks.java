package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.s3.*;
import software.amazon.awssdk.services.s3.model.*;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.GetObjectPresignRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.UploadFileRequest;

public class UploadLinks implements RequestHandler<UploadLinks.Request, String> {
  public record Request(String id, String kind) {}

  public record Settings(String bucket, Duration valid) {
    static Settings fromEnvironment() {
      String bucket = Optional.ofNullable(System.getenv("BUCKET")).orElseThrow();
      return new Settings(bucket, Duration.ofMinutes(5));
    }
  }

  enum Folder {
    UPLOADS("uploads/");

    private final String prefix;

    Folder(String prefix) {
      this.prefix = prefix;
    }

    String key(String id) {
      return prefix + id;
    }
  }

  private final Settings settings = Settings.fromEnvironment();
  private final S3Presigner presigner = S3Presigner.create();
  private final S3AsyncClient async = S3AsyncClient.crtCreate();
  private final S3TransferManager transfers = S3TransferManager.builder().s3Client(async).build();

  @Override
  public String handleRequest(Request request, Context context) {
    String bucket = settings.bucket();
    String key = Folder.UPLOADS.key(request.id());
    if (request.kind().equals("put")) {
      PutObjectRequest put = PutObjectRequest.builder().bucket(bucket).key(key).build();
      return presigner.presignPutObject(p -> p.putObjectRequest(put).signatureDuration(settings.valid())).url().toString();
    }
    if (request.kind().equals("report")) {
      transfers.uploadFile(UploadFileRequest.builder()
              .putObjectRequest(r -> r.bucket(bucket).key("reports/latest.csv"))
              .source(Path.of("/tmp/report.csv"))
              .build())
          .completionFuture()
          .join();
      async.listObjectsV2Paginator(ListObjectsV2Request.builder().bucket(bucket).prefix("reports/").build()).contents();
    }
    return presigner
        .presignGetObject(GetObjectPresignRequest.builder()
            .signatureDuration(settings.valid())
            .getObjectRequest(get -> get.bucket(bucket).key(key))
            .build())
        .url()
        .toString();
  }
}
