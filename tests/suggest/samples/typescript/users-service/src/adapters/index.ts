export * from './dynamo-user-repository.js';
export { S3AvatarStore } from './s3-avatar-store.js';
export { SnsUserEvents } from './sns-user-events.js';
