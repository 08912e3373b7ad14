import * as firehose from "aws-cdk-lib/aws-kinesisfirehose";
import * as s3 from "aws-cdk-lib/aws-s3";
import * as ses from "aws-cdk-lib/aws-ses";

export default ({ stack, fn }) => {
  s3.Bucket.fromBucketName(stack, "Mail", "shop-mail").grantRead(fn, "templates/receipt.html");
  ses.EmailIdentity.fromEmailIdentityName(stack, "Shop", "shop@shop.example").grantSendEmail(fn);
  const log = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-log";
  firehose.DeliveryStream.fromDeliveryStreamArn(stack, "Log", log).grantPutRecords(fn);
};
