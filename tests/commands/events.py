"""Reads events as AWS Lambda Powertools for Python does: its models are strict about what services send.

Standard input has one JSON object, with events by `SERVICE KIND`. Standard output names those that a model
refused, and how many a model has read.
"""

import json
import sys

from aws_lambda_powertools.utilities.data_classes import (
    ALBEvent,
    APIGatewayProxyEvent,
    APIGatewayProxyEventV2,
    AppSyncResolverEvent,
    BedrockAgentEvent,
    CloudFormationCustomResourceEvent,
    CloudWatchLogsEvent,
    CodeDeployLifecycleHookEvent,
    CodePipelineJobEvent,
    ConnectContactFlowEvent,
    DynamoDBStreamEvent,
    EventBridgeEvent,
    KafkaEvent,
    KinesisFirehoseEvent,
    KinesisStreamEvent,
    LambdaFunctionUrlEvent,
    S3BatchOperationEvent,
    S3Event,
    S3EventBridgeNotificationEvent,
    SecretsManagerEvent,
    SESEvent,
    SNSEvent,
    SQSEvent,
    VPCLatticeEvent,
    VPCLatticeEventV2,
    cognito_user_pool_event as pools,
)
from aws_lambda_powertools.utilities.data_classes.active_mq_event import ActiveMQEvent
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerEventV2,
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerTokenEvent,
)
from aws_lambda_powertools.utilities.data_classes.appsync_authorizer_event import AppSyncAuthorizerEvent
from aws_lambda_powertools.utilities.data_classes.api_gateway_websocket_event import APIGatewayWebSocketEvent
from aws_lambda_powertools.utilities.data_classes.aws_config_rule_event import AWSConfigRuleEvent
from aws_lambda_powertools.utilities.data_classes.bedrock_agent_function_event import BedrockAgentFunctionEvent
from aws_lambda_powertools.utilities.data_classes.cloud_watch_alarm_event import CloudWatchAlarmEvent
from aws_lambda_powertools.utilities.data_classes.rabbit_mq_event import RabbitMQEvent
from aws_lambda_powertools.utilities.data_classes.s3_object_event import S3ObjectLambdaEvent
from aws_lambda_powertools.utilities.parser import models

# Of each, the pydantic model (types and required fields), and the class (properties that are read one by one).
READERS = {
    "alb request": (models.AlbModel, ALBEvent),
    "alb multi-value": (None, ALBEvent),
    "apigateway rest": (models.APIGatewayProxyEventModel, APIGatewayProxyEvent),
    "apigateway http-v1": (models.APIGatewayProxyEventModel, APIGatewayProxyEvent),
    "apigateway http": (models.APIGatewayProxyEventV2Model, APIGatewayProxyEventV2),
    "appsync resolver": (models.AppSyncResolverEventModel, AppSyncResolverEvent),
    "appsync authorizer": (None, AppSyncAuthorizerEvent),
    "authorizer token": (models.ApiGatewayAuthorizerToken, APIGatewayAuthorizerTokenEvent),
    "authorizer request": (models.ApiGatewayAuthorizerRequest, APIGatewayAuthorizerRequestEvent),
    "authorizer http": (models.ApiGatewayAuthorizerRequestV2, APIGatewayAuthorizerEventV2),
    "bedrock-agent api": (models.BedrockAgentEventModel, BedrockAgentEvent),
    "bedrock-agent function": (models.BedrockAgentFunctionEventModel, BedrockAgentFunctionEvent),
    "cloudformation create": (models.CloudFormationCustomResourceCreateModel, CloudFormationCustomResourceEvent),
    "cloudformation update": (models.CloudFormationCustomResourceUpdateModel, CloudFormationCustomResourceEvent),
    "cloudformation delete": (models.CloudFormationCustomResourceDeleteModel, CloudFormationCustomResourceEvent),
    "cloudwatch-alarm metric": (None, CloudWatchAlarmEvent),
    "cloudwatch-alarm composite": (None, CloudWatchAlarmEvent),
    "cloudwatch-logs data": (models.CloudWatchLogsModel, CloudWatchLogsEvent),
    "codedeploy hook": (None, CodeDeployLifecycleHookEvent),
    "codepipeline job": (None, CodePipelineJobEvent),
    "cognito pre-sign-up": (models.CognitoPreSignupTriggerModel, pools.PreSignUpTriggerEvent),
    "cognito post-confirmation": (models.CognitoPostConfirmationTriggerModel, pools.PostConfirmationTriggerEvent),
    "cognito pre-authentication": (models.CognitoPreAuthenticationTriggerModel, pools.PreAuthenticationTriggerEvent),
    "cognito post-authentication": (models.CognitoPostAuthenticationTriggerModel, pools.PostAuthenticationTriggerEvent),
    "cognito custom-message": (models.CognitoCustomMessageTriggerModel, pools.CustomMessageTriggerEvent),
    "cognito pre-token-generation": (
        models.CognitoPreTokenGenerationTriggerModelV1,
        pools.PreTokenGenerationTriggerEvent,
    ),
    # The model wants an object of scopes; Cognito sends a list, as its documentation says.
    "cognito pre-token-generation-v2": (None, pools.PreTokenGenerationV2TriggerEvent),
    "cognito pre-token-generation-v3": (None, pools.PreTokenGenerationV2TriggerEvent),
    "cognito define-auth-challenge": (models.CognitoDefineAuthChallengeTriggerModel, pools.DefineAuthChallengeTriggerEvent),
    "cognito create-auth-challenge": (models.CognitoCreateAuthChallengeTriggerModel, pools.CreateAuthChallengeTriggerEvent),
    # The model wants a decision, which is what the function is asked for.
    "cognito verify-auth-challenge": (None, pools.VerifyAuthChallengeResponseTriggerEvent),
    "cognito user-migration": (models.CognitoMigrateUserTriggerModel, pools.UserMigrationTriggerEvent),
    "cognito custom-email-sender": (models.CognitoCustomEmailSenderTriggerModel, pools.CustomEmailSenderTriggerEvent),
    "cognito custom-sms-sender": (models.CognitoCustomSMSSenderTriggerModel, pools.CustomSMSSenderTriggerEvent),
    "config change": (None, AWSConfigRuleEvent),
    "config oversized": (None, AWSConfigRuleEvent),
    "config periodic": (None, AWSConfigRuleEvent),
    "connect contact-flow": (None, ConnectContactFlowEvent),
    "dynamodb insert": (models.DynamoDBStreamModel, DynamoDBStreamEvent),
    "dynamodb modify": (models.DynamoDBStreamModel, DynamoDBStreamEvent),
    "dynamodb remove": (models.DynamoDBStreamModel, DynamoDBStreamEvent),
    "dynamodb expire": (models.DynamoDBStreamModel, DynamoDBStreamEvent),
    "eventbridge event": (models.EventBridgeModel, EventBridgeEvent),
    "eventbridge schedule": (models.EventBridgeModel, EventBridgeEvent),
    "eventbridge ec2-state": (models.EventBridgeModel, EventBridgeEvent),
    "eventbridge s3-created": (models.S3EventNotificationEventBridgeModel, S3EventBridgeNotificationEvent),
    "eventbridge s3-deleted": (models.S3EventNotificationEventBridgeModel, S3EventBridgeNotificationEvent),
    "firehose transform": (models.KinesisFirehoseModel, KinesisFirehoseEvent),
    "firehose transform-kinesis": (models.KinesisFirehoseModel, KinesisFirehoseEvent),
    "kafka msk": (models.KafkaMskEventModel, KafkaEvent),
    "kafka self-managed": (None, KafkaEvent),
    "kinesis record": (models.KinesisDataStreamModel, KinesisStreamEvent),
    "mq activemq": (None, ActiveMQEvent),
    "mq rabbitmq": (None, RabbitMQEvent),
    "s3-batch task": (models.S3BatchOperationModel, S3BatchOperationEvent),
    "s3-batch task-v1": (models.S3BatchOperationModel, S3BatchOperationEvent),
    "s3-object-lambda get": (models.S3ObjectLambdaEvent, S3ObjectLambdaEvent),
    "scheduler event": (models.EventBridgeModel, EventBridgeEvent),
    "secretsmanager rotate": (None, SecretsManagerEvent),
    "ses receipt": (models.SesModel, SESEvent),
    "sns message": (models.SnsModel, SNSEvent),
    "sns alarm": (models.SnsModel, SNSEvent),
    "sqs message": (models.SqsModel, SQSEvent),
    "sqs fifo": (models.SqsModel, SQSEvent),
    "sqs dead-letter": (models.SqsModel, SQSEvent),
    "url request": (models.LambdaFunctionUrlModel, LambdaFunctionUrlEvent),
    "url iam": (models.LambdaFunctionUrlModel, LambdaFunctionUrlEvent),
    # The model wants one value for each header; the documentation of VPC Lattice has lists.
    "vpc-lattice request": (None, VPCLatticeEventV2),
    "vpc-lattice v1": (models.VpcLatticeModel, VPCLatticeEvent),
    "websocket connect": (models.APIGatewayWebSocketConnectEventModel, APIGatewayWebSocketEvent),
    "websocket message": (models.APIGatewayWebSocketMessageEventModel, APIGatewayWebSocketEvent),
    "websocket disconnect": (models.APIGatewayWebSocketDisconnectEventModel, APIGatewayWebSocketEvent),
}
READERS.update(
    {
        f"s3 {kind}": (models.S3Model, S3Event)
        for kind in [
            "put", "post", "copy", "multipart-complete", "delete", "delete-marker", "restore-post",
            "restore-completed", "tagging-put", "acl-put",
        ]
    }
)


# Properties that read what is not in every event of its class.
ABSENT = {
    "apigateway rest": {"version"},
    "authorizer request": {"version", "identity_source", "authorization_token"},
    "authorizer http": {"cookies", "query_string_parameters"},
    "connect contact-flow": {"media_streams"},
    "eventbridge s3-created": {"version_id"},
    "eventbridge s3-deleted": {"version_id", "size", "etag"},
    "mq activemq": {"connection_id"},
    "s3 delete": {"size", "etag"},
    "vpc-lattice request": {"body"},
    "s3 delete-marker": {"size"},
}


def walk(thing, absent, depth=0):
    """Reads every property of a class of events, and of what it returns."""
    if depth > 6:
        return
    for name in dir(type(thing)):
        if name.startswith("_") or not isinstance(getattr(type(thing), name), property):
            continue
        # Bodies are parsed there, whatever is in them.
        if name in ("json_body", "decoded_body", "json", "json_value", "json_data", "data_as_json"):
            continue
        if name in absent:
            continue
        value = getattr(thing, name)
        values = value if isinstance(value, list) else [value]
        for item in values:
            if type(item).__module__.startswith("aws_lambda_powertools.utilities.data_classes"):
                walk(item, absent, depth + 1)


def main():
    events = json.load(sys.stdin)
    problems = {}
    for name, event in events.items():
        model, reader = READERS.get(name, (None, None))
        try:
            if model is not None:
                model.model_validate(event)
            if reader is not None:
                walk(reader(event), ABSENT.get(name, set()))
        except Exception as error:
            problems[name] = f"{type(error).__name__}: {error}"
    missing = sorted(set(READERS) - set(events))
    json.dump({"problems": problems, "missing": missing, "read": len(set(READERS) & set(events))}, sys.stdout)


main()
