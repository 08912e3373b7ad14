import os


class Audit:
    def __init__(self, dynamodb):
        self._table = dynamodb.Table(os.getenv("LEDGER"))
        self._client = self._table.meta.client

    def record(self, entries):
        with self._table.batch_writer() as batch:
            for entry in entries:
                batch.put_item(Item=entry)

    def transfer(self, order, account):
        self._client.transact_write_items(
            TransactItems=[
                {"Update": {"TableName": "accounts", "Key": {"id": account}, "UpdateExpression": "ADD spent :a"}},
                {"Put": {"TableName": os.environ["LEDGER"], "Item": order}},
                {"ConditionCheck": {"TableName": "customers", "Key": {"id": account}, "ConditionExpression": "a = b"}},
            ]
        )
