import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';

interface Mail {
  to: readonly string[];
  subject: string;
  html: string;
}

const sender = { FromEmailAddress: 'reports@shop.example' } as const;

export const send = async ({ to, subject, html }: Mail, client = new SESv2Client({})): Promise<void> => {
  const input: SendEmailCommandInput = {
    ...sender,
    Destination: { ToAddresses: [...to] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Html: { Data: html } } } },
  };
  await client.send(new SendEmailCommand(input));
};
