package store

import (
	"context"
	"errors"
)

var ErrNotFound = errors.New("not found")

type Order struct {
	ID       string `dynamodbav:"id"`
	Customer string `dynamodbav:"customer"`
	Item     string `dynamodbav:"item"`
}

type Orders interface {
	Get(ctx context.Context, id string) (*Order, error)
	OfCustomer(ctx context.Context, customer string) ([]Order, error)
	Place(ctx context.Context, order Order) error
}
