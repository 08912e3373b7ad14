import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { User, UserEventKind, UserEvents } from '../domain/ports.js';

export class SnsUserEvents implements UserEvents {
  private readonly sns = new SNSClient({});

  async emit(kind: UserEventKind, user: User): Promise<void> {
    const TopicArn = process.env.USER_TOPIC_ARN;
    await this.sns.send(
      new PublishCommand({
        TopicArn,
        Message: JSON.stringify(user),
        MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
      }),
    );
  }
}
