import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import sharp from "sharp";
import { archive, exists, open, upload } from "./lib/storage.mjs";

const SIZES = [128, 512];
const cloudwatch = new CloudWatchClient({});

export const handler = async (event) => {
  let made = 0;
  for (const record of event.Records) {
    const key = decodeURIComponent(record.s3.object.key.replace(/\+/g, " "));
    const name = key.slice(key.lastIndexOf("/") + 1);
    for (const size of SIZES) {
      if (await exists(name, size)) continue;
      const body = new PassThrough();
      const done = upload(name, size, body);
      await pipeline(await open(`in/${name}`), sharp().resize(size).jpeg({ quality: 82 }), body);
      await done;
      made += 1;
    }
    await archive(name);
  }
  await report(made);
  return { made };
};

async function report(made) {
  const MetricData = [{ MetricName: "Made", Value: made, Unit: "Count" }];
  await cloudwatch.send(
    new PutMetricDataCommand({ Namespace: process.env.METRICS_NAMESPACE, MetricData }),
  );
}
