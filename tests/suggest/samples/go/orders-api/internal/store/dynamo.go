package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const stockTable = "stock"

type Dynamo struct {
	*dynamodb.Client
	table, index string
}

func NewDynamo(client *dynamodb.Client, table, index string) *Dynamo {
	return &Dynamo{Client: client, table: table, index: index}
}

func (d *Dynamo) Get(ctx context.Context, id string) (*Order, error) {
	out, err := d.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(d.table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	var order Order
	return &order, attributevalue.UnmarshalMap(out.Item, &order)
}

func (d *Dynamo) OfCustomer(ctx context.Context, customer string) ([]Order, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key("customer").Equal(expression.Value(customer))).Build()
	if err != nil {
		return nil, err
	}
	pages := dynamodb.NewQueryPaginator(d.Client, &dynamodb.QueryInput{
		TableName:              &d.table,
		IndexName:              &d.index,
		KeyConditionExpression: expr.KeyCondition(),
	})
	var orders []Order
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		var some []Order
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &some); err != nil {
			return nil, err
		}
		orders = append(orders, some...)
	}
	return orders, nil
}

func (d *Dynamo) Place(ctx context.Context, order Order) error {
	item, err := attributevalue.MarshalMap(order)
	if err != nil {
		return err
	}
	_, err = d.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String(d.table), Item: item}},
			{Update: &types.Update{
				TableName:        aws.String(stockTable),
				Key:              key(order.Item),
				UpdateExpression: aws.String("ADD #left :one"),
			}},
		},
	})
	return err
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}
