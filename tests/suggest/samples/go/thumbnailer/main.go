// Makes a thumbnail of every uploaded image.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

var h *handler

func init() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatalf("configuration: %v", err)
	}
	client := s3.NewFromConfig(cfg)
	h = newHandler(client, manager.NewUploader(client), os.Getenv("BUCKET"))
}

func main() {
	lambda.Start(func(ctx context.Context, event events.S3Event) error {
		for _, record := range event.Records {
			if err := h.one(ctx, record.S3.Object.URLDecodedKey); err != nil {
				return err
			}
		}
		return nil
	})
}
