package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestOne(t *testing.T) {
	s3.New(s3.Options{}).CreateBucket(nil, &s3.CreateBucketInput{})
}
