import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoUserRepository, S3AvatarStore, SnsUserEvents } from './adapters/index.js';
import { UserService } from './domain/user-service.js';

const avatars = new S3AvatarStore(new S3Client({}), process.env.AVATARS_BUCKET!);
const service = new UserService(new DynamoUserRepository(), avatars, new SnsUserEvents());

type Route = (event: APIGatewayProxyEventV2, id: string) => Promise<unknown>;

const routes: Record<string, Route> = {
  'GET /users/{id}': (_, id) => service.find(id),
  'PUT /users/{id}': (event, id) => service.rename(id, JSON.parse(event.body ?? '{}').name),
  'POST /users/{id}/avatar': async (_, id) => ({ url: await service.avatarUpload(id) }),
};

export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> => {
  const route = routes[event.routeKey];
  const id = event.pathParameters?.id;
  if (!route || !id) return { statusCode: 404 };
  return { statusCode: 200, body: JSON.stringify(await route(event, id)) };
};
