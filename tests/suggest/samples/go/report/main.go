// Writes a weekly report and mails a link to it.
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

const (
	folder = "weekly/"
	sender = "reports@shop.example"
)

var load = sync.OnceValues(func() (aws.Config, error) {
	return config.LoadDefaultConfig(context.Background())
})

func main() { lambda.Start(run) }

func run(ctx context.Context) error {
	cfg, err := load()
	if err != nil {
		return err
	}
	bucket, ok := os.LookupEnv("BUCKET")
	if !ok {
		return fmt.Errorf("BUCKET is not set")
	}
	secrets, files, mail := secretsmanager.NewFromConfig(cfg), s3.NewFromConfig(cfg), sesv2.NewFromConfig(cfg)
	if _, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String("prod/warehouse")}); err != nil {
		return err
	}
	to, err := parameter(ctx, ssm.NewFromConfig(cfg), "recipients")
	if err != nil {
		return err
	}
	name := folder + time.Now().Format(time.DateOnly) + ".csv"
	var text strings.Builder
	csv.NewWriter(&text).Flush()
	_, err = files.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket,
		Key:    &name,
		Body:   strings.NewReader(text.String()),
		ACL:    s3types.ObjectCannedACLPrivate,
	})
	if err != nil {
		return err
	}
	waiter := s3.NewObjectExistsWaiter(files)
	if err := waiter.Wait(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &name}, time.Minute); err != nil {
		return err
	}
	signed, err := s3.NewPresignClient(files).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &name})
	if err != nil {
		return err
	}
	_, err = mail.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(sender),
		Destination:      &types.Destination{ToAddresses: strings.Split(to, ",")},
		Content:          content(signed.URL),
	})
	return err
}

func parameter(ctx context.Context, client *ssm.Client, name string) (string, error) {
	out, err := client.GetParameter(ctx, &ssm.GetParameterInput{
		Name: aws.String(fmt.Sprintf("/report/%s/%s", os.Getenv("STAGE"), name)),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Parameter.Value), nil
}

func content(link string) *types.EmailContent {
	return &types.EmailContent{Simple: &types.Message{
		Subject: &types.Content{Data: aws.String("Weekly report")},
		Body:    &types.Body{Text: &types.Content{Data: aws.String(link)}},
	}}
}
