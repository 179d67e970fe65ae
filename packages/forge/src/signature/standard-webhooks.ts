import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hmacProof, type Proof } from './proof.ts';

/** How far the clocks of two servers, and a try and its arrival, may lie apart. */
const TOLERANCE_MS = 5 * 60_000;
const PREFIX = 'whsec_';

/** The key of a secret as the standard writes it (`whsec_` and base64); of another text, its bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

/** Standard Webhooks: HMAC over `id.timestamp.body`. Null for headers that show none, or an old one. @param now ms */
export function standardProof(
  headers: IncomingHttpHeaders,
  secrets: readonly string[],
  now: number,
): Proof | null {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  ) as [string, string, string];
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return null;
  if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) return null;
  const given = signatures.split(' ').flatMap((one) => {
    const [version, text = ''] = one.split(',');
    return version === 'v1' ? [Buffer.from(text, 'base64')] : [];
  });
  return hmacProof(given, secrets.map(keyOf), `${id}.${timestamp}.`);
}

/** The headers with which we sign what we send. @param now ms */
export function standardHeaders(id: string, body: string, secret: string, now: number) {
  const timestamp = String(Math.floor(now / 1000));
  const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac.digest('base64')}`,
  };
}
