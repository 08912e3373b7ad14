const AWSXRay = require("aws-xray-sdk-core");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient } = require("@aws-sdk/lib-dynamodb");

const client = AWSXRay.captureAWSv3Client(new DynamoDBClient({}));

module.exports = DynamoDBDocumentClient.from(client, {
  marshallOptions: { removeUndefinedValues: true },
});
