// Takes imports from a queue; still on the first SDK.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/aws/aws-sdk-go/service/s3"
	"github.com/aws/aws-sdk-go/service/s3/s3manager"
	"github.com/aws/aws-sdk-go/service/sns"
	"github.com/aws/aws-sdk-go/service/sqs"
)

type deps struct {
	db     dynamodbiface.DynamoDBAPI
	files  *s3manager.Downloader
	s3     *s3.S3
	topics *sns.SNS
	queue  *sqs.SQS
}

var (
	sess  = session.Must(session.NewSession())
	table = getenv("TABLE", "imports")
)

func getenv(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func (d *deps) handle(ctx context.Context, event events.SQSEvent) error {
	bucket := getenv("BUCKET", "")
	for _, record := range event.Records {
		buffer := aws.NewWriteAtBuffer(nil)
		_, err := d.files.DownloadWithContext(ctx, buffer, &s3.GetObjectInput{
			Bucket: aws.String(bucket),
			Key:    aws.String("new/" + record.MessageId + ".csv"),
		})
		if err != nil {
			return d.fail(record, err)
		}
		input := dynamodb.PutItemInput{
			TableName: aws.String(table),
			Item:      map[string]*dynamodb.AttributeValue{"id": {S: aws.String(record.MessageId)}},
		}
		if _, err := d.db.PutItemWithContext(ctx, &input); err != nil {
			return d.fail(record, err)
		}
	}
	return d.s3.ListObjectsV2PagesWithContext(ctx, &s3.ListObjectsV2Input{
		Bucket: aws.String(bucket),
		Prefix: aws.String("new/"),
	}, func(page *s3.ListObjectsV2Output, last bool) bool { return !last })
}

func (d *deps) fail(record events.SQSMessage, cause error) error {
	if _, err := d.topics.Publish(&sns.PublishInput{
		TopicArn: aws.String(os.Getenv("ALARMS")),
		Message:  aws.String(cause.Error()),
	}); err != nil {
		return err
	}
	_, err := d.queue.SendMessage(&sqs.SendMessageInput{
		QueueUrl:    aws.String(os.Getenv("RETRY_QUEUE")),
		MessageBody: aws.String(record.Body),
	})
	return err
}

func main() {
	client := s3.New(sess)
	d := deps{
		db:     dynamodb.New(sess),
		files:  s3manager.NewDownloaderWithClient(client),
		s3:     client,
		topics: sns.New(sess),
		queue:  sqs.New(sess, aws.NewConfig().WithRegion("eu-west-1")),
	}
	lambda.Start(d.handle)
}
