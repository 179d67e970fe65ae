import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hookCall, signStandard } from '@marteau/testkit';
import fc from 'fast-check';
import { ForgeKind } from '../forge.ts';
import { forgeOf } from '../registry.ts';
import { standardHeaders } from './standard-webhooks.ts';

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const other = `whsec_${Buffer.from('another one, of thirty-two bytes').toString('base64')}`;
const push = { ref: 'refs/heads/main', sha: 'a'.repeat(40) };
const news = { repo: 'https://git.example.com/team/shop.git', secret, push };
const now = () => Date.now();

const holds = (kind: ForgeKind, headers: Record<string, string>, body: string, secrets = [secret]) => {
  const proof = forgeOf(kind).prove(headers, secrets, now());
  // In parts, as it comes.
  for (let at = 0; at < body.length; at += 7) proof?.update(Buffer.from(body.slice(at, at + 7)));
  return proof?.holds() ?? null;
};

for (const kind of ForgeKind.enum) {
  describe(kind, () => {
    const { headers, body } = hookCall(kind, news);

    test('a call with the right signature holds, also with the secret before it or after it', () => {
      assert.equal(holds(kind, headers, body), true);
      assert.equal(holds(kind, headers, body, [other, secret]), true);
      assert.equal(holds(kind, headers, body, [secret, other]), true);
    });

    test('another secret does not, and no headers show nothing', () => {
      assert.equal(holds(kind, headers, body, [other]), false);
      assert.equal(holds(kind, { 'content-type': 'application/json' }, body), null);
    });

    test('the signature of another body does not, but where a token is all that there is', () => {
      assert.equal(
        holds(kind, hookCall(kind, { ...news, ping: true, push: undefined } as never).headers, body),
        kind === 'gitlab',
      );
    });
  });
}

test('whatever stands in the headers is no proof and no error', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('sha256=', 'v1,', 'sha256=zz', 'v1,YQ== v2,b', '0'.repeat(64)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...ForgeKind.enum),
      fc.dictionary(
        fc.constantFrom(
          ...['x-hub-signature-256', 'x-hub-signature', 'x-gitea-signature', 'x-forgejo-signature'],
          ...['x-gitlab-token', 'webhook-id', 'webhook-timestamp', 'webhook-signature'],
        ),
        text,
      ),
      (kind, headers) => {
        assert.notEqual(holds(kind, headers, '{}'), true);
      },
    ),
  );
});

test('Standard Webhooks: one that is older, or of later, than five minutes is refused; one that we sign holds', () => {
  const body = '{}';
  for (const [minutes, right] of [
    [-4, true],
    [4, true],
    [-6, null],
    [6, null],
  ] as const) {
    const headers = signStandard('1', body, secret, now() + minutes * 60_000);
    assert.equal(holds('generic', headers, body), right, String(minutes));
    assert.equal(holds('gitlab', headers, body), right, String(minutes));
  }
  assert.equal(holds('generic', standardHeaders('2', body, secret, now()), body), true);
  assert.equal(holds('generic', { ...signStandard('1', body, secret), 'webhook-id': '2' }, body), false);
});
