package publish

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

type Publisher interface {
	Publish(ctx context.Context, kind string, detail []byte) error
}

type client interface {
	PutEvents(ctx context.Context, params *eventbridge.PutEventsInput, optFns ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

type bus struct {
	client
	name string
}

func New(c client, name string) Publisher {
	return bus{client: c, name: name}
}

func (b bus) Publish(ctx context.Context, kind string, detail []byte) error {
	entry := types.PutEventsRequestEntry{
		EventBusName: aws.String(b.name),
		Source:       aws.String("shop.dispatcher"),
		DetailType:   aws.String(kind),
		Detail:       aws.String(string(detail)),
	}
	_, err := b.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{entry}})
	return err
}
