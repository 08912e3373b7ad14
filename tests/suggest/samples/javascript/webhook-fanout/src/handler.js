import { createHmac, timingSafeEqual } from "node:crypto";
import { SNS } from "@aws-sdk/client-sns";
import { publish } from "./events.js";
import { enqueue } from "./queues.js";
import { getSecret } from "./secrets.js";

let sns;
const alerts = () => (sns ??= new SNS({}));

export async function handler(request) {
  const secret = await getSecret(process.env.SECRET_ID);
  if (!verified(request, secret)) return { statusCode: 400 };
  const events = [].concat(JSON.parse(request.body));
  const payments = events.filter((event) => event.type.startsWith("payment."));
  const refunds = events.filter((event) => event.type.startsWith("refund."));
  const results = await Promise.allSettled([
    enqueue("payments", payments),
    enqueue("refunds", refunds),
    publish("stripe.webhook", events),
  ]);
  const failed = results.filter((result) => result.status === "rejected");
  if (failed.length > 0) {
    await alerts().publish({
      TopicArn: process.env.ALERTS_TOPIC_ARN,
      Subject: "webhook",
      Message: failed.map((result) => String(result.reason)).join("\n"),
    });
    return { statusCode: 500 };
  }
  return { statusCode: 202 };
}

function verified({ headers, body }, secret) {
  const expected = createHmac("sha256", secret).update(body).digest();
  const given = Buffer.from(headers["stripe-signature"] ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
