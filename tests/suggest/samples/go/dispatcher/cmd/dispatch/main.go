package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awscfg "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	lambdasvc "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"example.com/dispatcher/internal/config"
	"example.com/dispatcher/internal/publish"
)

type dispatcher struct {
	settings config.Settings
	bus      publish.Publisher
	flows    flows
	invoke   *lambdasvc.Client
}

type flows interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
}

type event struct {
	Kind string `json:"kind"`
}

func (d *dispatcher) Handle(ctx context.Context, e event) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	switch e.Kind {
	case "order":
		_, err = d.flows.StartExecution(ctx, &sfn.StartExecutionInput{
			StateMachineArn: aws.String(d.settings.StateMachine),
			Input:           aws.String(string(payload)),
		})
	case "index":
		params := new(lambdasvc.InvokeInput)
		params.FunctionName = aws.String(d.settings.Indexer)
		params.Payload = payload
		_, err = d.invoke.Invoke(ctx, params)
	default:
		err = d.bus.Publish(ctx, e.Kind, payload)
	}
	return err
}

func main() {
	ctx := context.Background()
	cfg, err := awscfg.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	settings := config.Load()
	d := &dispatcher{
		settings: settings,
		bus:      publish.New(eventbridge.NewFromConfig(cfg), settings.Bus),
		flows:    sfn.NewFromConfig(cfg),
		invoke:   lambdasvc.NewFromConfig(cfg),
	}
	lambda.StartWithOptions(d.Handle, lambda.WithContext(ctx))
}
