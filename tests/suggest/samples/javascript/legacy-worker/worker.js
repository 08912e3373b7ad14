var AWS = require("aws-sdk");
var DocumentClient = require("aws-sdk/clients/dynamodb").DocumentClient;
var render = require("./lib/render");
var Mailer = require("./lib/mailer");

AWS.config.update({ region: process.env.AWS_REGION, maxRetries: 3 });

var db = new DocumentClient({ convertEmptyValues: true });
var s3 = new AWS.S3({ signatureVersion: "v4", params: { Bucket: process.env.BUCKET } });
var sqs = new AWS.SQS();
var mailer = new Mailer(new AWS.SES({ apiVersion: "2010-12-01" }), "invoices@shop.example");

exports.handler = function (event, context, callback) {
  Promise.all(event.Records.map(work))
    .then(function (results) {
      callback(null, results.length);
    })
    .catch(callback);
};

function work(record) {
  var id = JSON.parse(record.body).invoice;
  var key = "pdf/" + id + ".pdf";
  return load(id)
    .then(function (invoice) {
      return s3.upload({ Key: key, Body: render(invoice), ContentType: "application/pdf" }).promise();
    })
    .then(function () {
      var url = s3.getSignedUrl("getObject", { Key: key, Expires: 86400 });
      return mailer.send(record.messageAttributes.to.stringValue, url);
    })
    .then(function () {
      return finish(id);
    });
}

function load(id) {
  var params = { TableName: process.env.TABLE };
  params.Key = { id: id };
  return db
    .get(params)
    .promise()
    .then(function (found) {
      return found.Item;
    });
}

function finish(id) {
  var message = JSON.stringify({ invoice: id });
  return db
    .update({
      TableName: process.env.TABLE,
      Key: { id: id },
      UpdateExpression: "SET sent = :now",
      ExpressionAttributeValues: { ":now": Date.now() },
    })
    .promise()
    .then(function () {
      return sqs.sendMessage({ QueueUrl: process.env.DONE_QUEUE, MessageBody: message }).promise();
    });
}
