// An HTTP API for orders.
package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/caarlos0/env/v11"

	"github.com/shop/orders-api/internal/store"
)

type settings struct {
	Table string `env:"TABLE,required"`
	Index string `env:"INDEX" envDefault:"by-customer"`
}

type api struct {
	orders store.Orders
}

func main() {
	var s settings
	if err := env.Parse(&s); err != nil {
		panic(err)
	}
	cfg, err := awsconfig.LoadDefaultConfig(context.TODO())
	if err != nil {
		panic(err)
	}
	a := api{orders: store.NewDynamo(dynamodb.NewFromConfig(cfg), s.Table, s.Index)}
	lambda.Start(a.route)
}

func (a api) route(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	switch r.RequestContext.HTTP.Method {
	case http.MethodGet:
		if id, ok := r.PathParameters["id"]; ok {
			order, err := a.orders.Get(ctx, id)
			return respond(order, err)
		}
		orders, err := a.orders.OfCustomer(ctx, r.QueryStringParameters["customer"])
		return respond(orders, err)
	case http.MethodPost:
		var order store.Order
		if err := json.Unmarshal([]byte(r.Body), &order); err != nil {
			return respond(nil, err)
		}
		return respond(order, a.orders.Place(ctx, order))
	default:
		return respond(nil, store.ErrNotFound)
	}
}

func respond(body any, err error) (events.APIGatewayV2HTTPResponse, error) {
	if err != nil {
		return events.APIGatewayV2HTTPResponse{StatusCode: 500}, nil
	}
	text, err := json.Marshal(body)
	return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: string(text)}, err
}
