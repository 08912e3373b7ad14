import { S3Client, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";

const s3 = new S3Client({});

export const handler = async (event) => {
  for (const record of event.Records) {
    const name = decodeURIComponent(record.s3.object.key).replace("in/", "");
    const photo = await s3.send(new GetObjectCommand({ Bucket: process.env.BUCKET, Key: `in/${name}` }));
    const small = await sharp(await photo.Body.transformToByteArray()).resize(160).toBuffer();
    await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `thumbs/${name}`, Body: small }));
  }
};
