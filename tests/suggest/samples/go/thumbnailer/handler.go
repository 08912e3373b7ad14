package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// S3API is the part of the client that tests stand in for.
type S3API interface {
	GetObject(ctx context.Context, params *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	DeleteObject(ctx context.Context, params *s3.DeleteObjectInput, optFns ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

type uploader interface {
	Upload(ctx context.Context, input *s3.PutObjectInput, opts ...func(*manager.Uploader)) (*manager.UploadOutput, error)
}

type handler struct {
	s3       S3API
	uploader uploader
	bucket   string
}

const (
	source = "in/"
	target = "thumbs"
)

func newHandler(api S3API, up uploader, bucket string) *handler {
	return &handler{s3: api, uploader: up, bucket: bucket}
}

func (h *handler) one(ctx context.Context, key string) error {
	name := path.Base(key)
	object, err := h.s3.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(h.bucket),
		Key:    aws.String(source + name),
	})
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	defer object.Body.Close()
	img, _, err := image.Decode(object.Body)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		return err
	}
	input := &s3.PutObjectInput{Bucket: &h.bucket, Body: &out}
	input.Key = aws.String(fmt.Sprintf("%s/%s.jpg", target, name))
	if _, err := h.uploader.Upload(ctx, input); err != nil {
		return err
	}
	_, err = h.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &h.bucket, Key: aws.String(source + name)})
	return err
}
