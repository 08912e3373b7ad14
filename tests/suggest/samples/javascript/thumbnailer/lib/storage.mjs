import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const { BUCKET, THUMBS_BUCKET = "thumbs" } = process.env;
const s3 = new S3Client({ maxAttempts: 5 });

const thumbnailKey = (name, size) => `thumbs/${size}/${name}`;

export async function exists(name, size) {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: THUMBS_BUCKET, Key: thumbnailKey(name, size) }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

export async function open(key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Body;
}

export async function upload(name, size, body) {
  const params = {
    Bucket: THUMBS_BUCKET,
    Key: thumbnailKey(name, size),
    Body: body,
    ContentType: "image/jpeg",
  };
  return new Upload({ client: s3, params, queueSize: 2 }).done();
}

export async function archive(name) {
  const source = "in/" + name;
  await s3.send(
    new CopyObjectCommand({
      Bucket: BUCKET,
      CopySource: `${BUCKET}/${source}`,
      Key: "done/" + name,
    }),
  );
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: source }));
}
