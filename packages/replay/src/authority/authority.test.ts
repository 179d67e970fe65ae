import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from './authority.ts';

test('certificates are for the host, and are the authority’s', async () => {
  const authority = await createAuthority();
  const own = new X509Certificate(authority.cert);
  assert.ok(own.ca);
  for (const host of ['api.example.com', '127.0.0.1', '::1', `${'long.'.repeat(20)}example.com`]) {
    const { cert } = authority.serverFor(host);
    const leaf = new X509Certificate(cert as string);
    assert.ok(leaf.checkIssued(own), host);
    assert.ok(leaf.verify(own.publicKey));
    assert.equal(/[:\d]$/.test(host) ? leaf.checkIP(host) : leaf.checkHost(host), host);
    assert.ok(!leaf.ca);
  }
  assert.equal(authority.serverFor('a.test'), authority.serverFor('a.test'));
});
