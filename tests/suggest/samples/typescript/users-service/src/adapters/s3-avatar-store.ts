import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { AvatarStore } from '../domain/ports.js';

export class S3AvatarStore implements AvatarStore {
  readonly #s3: S3Client;

  constructor(s3: S3Client, private readonly bucket: string) {
    this.#s3 = s3;
  }

  uploadUrl(userId: string): Promise<string> {
    const input = {
      Bucket: this.bucket,
      Key: ['avatars', userId, 'original'].join('/'),
      ContentType: 'image/png',
    } satisfies PutObjectCommandInput;
    return getSignedUrl(this.#s3, new PutObjectCommand(input), { expiresIn: 300 });
  }
}
