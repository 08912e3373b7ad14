import * as s3 from "aws-cdk-lib/aws-s3";

export default ({ stack, fn }) => {
  const photos = s3.Bucket.fromBucketName(stack, "Photos", "shop-photos");
  photos.grantRead(fn, "in/*");
  photos.grantPut(fn, "thumbs/*");
};
