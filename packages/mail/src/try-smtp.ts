import { createTransport } from 'nodemailer';

const PATIENCE_MS = 5000;

/** Connects, and signs in where the address says so; no mail is sent. @returns why it does not work; null where it does */
export async function trySmtp(smtpUrl: string): Promise<string | null> {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
  });
  try {
    await transport.verify();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    transport.close();
  }
}
