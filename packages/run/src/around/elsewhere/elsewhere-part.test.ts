import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openRun } from '../../fixtures/a-run.ts';
import type { AroundPart } from '../part.ts';
import { onThisMachine } from './doors.ts';
import { elsewherePart } from './elsewhere-part.ts';
import { listenOn, surroundingsOf } from './surroundings.ts';

async function startDoor() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** Something that listens at `at`, with a file that others need. */
function standing(at: string, file: string): AroundPart {
  return {
    name: 'standing',
    start: async () => ({
      env: { SHOP: `http://${at}/`, NO_PROXY: 'localhost', CERT: file },
      target: `http://${at}`,
      doors: [{ what: 'the app', at }],
      files: [file],
      facts: {},
      stop: async () => {},
    }),
  };
}

async function surroundings(at: string, address: string) {
  await using host = await openRun();
  const file = join(host.places.temp, 'ca.pem');
  await writeFile(file, 'a certificate');
  await using around = await host.start([standing(at, file)]);
  return surroundingsOf(around, { node: 'n4', address }, host.places.temp);
}

describe('what stands on another node of the run', () => {
  test('is found on the same machine where it is', async () => {
    await using door = await startDoor();
    const there = await surroundings(door.at, '10.0.0.7');
    await using run = await openRun();
    await using around = await run.start([elsewherePart(there, 'n1')]);
    assert.equal(around.target, `http://${door.at}`);
    assert.equal(around.env.MARTEAU_TARGET, `http://${door.at}`);
    assert.equal(around.env.SHOP, `http://${door.at}/`);
    assert.equal(await readFile(around.env.CERT!, 'utf8'), 'a certificate');
    assert.ok(around.env.CERT!.startsWith(run.places.temp), 'in a file of its own');
  });

  test('hands over no file that a link leads to', async () => {
    await using door = await startDoor();
    await using host = await openRun();
    const [secret, file] = [join(host.places.tree, 'secret'), join(host.places.temp, 'ca.pem')];
    await writeFile(secret, 'somebody’s');
    await symlink(secret, file);
    await using around = await host.start([standing(door.at, file)]);
    const told = await surroundingsOf(around, { node: 'n4', address: '10.0.0.7' }, host.places.temp);
    assert.deepEqual(told.files, { [file]: '' });
  });

  test('is found from another machine at the address of its node', async () => {
    await using door = await startDoor();
    const [, port] = door.at.split(':');
    const there = await surroundings(door.at, 'localhost');
    await using run = await openRun();
    await using around = await run.start([elsewherePart(there, 'n1', 'another machine')]);
    assert.equal(around.target, `http://localhost:${port}`);
    assert.equal(around.env.SHOP, `http://localhost:${port}/`);
    assert.equal(around.env.NO_PROXY, 'localhost,localhost');
  });

  test('a target that the file names stays', async () => {
    await using door = await startDoor();
    const there = await surroundings(door.at, '127.0.0.1');
    await using run = await openRun();
    await using around = await run.start([elsewherePart(there, 'n1')], { target: 'http://a.example' });
    assert.equal(around.env.MARTEAU_TARGET, 'http://a.example');
  });

  test('ends the run where it is not reached, with what to do', async () => {
    const door = await startDoor();
    await door[Symbol.asyncDispose]();
    const there = await surroundings(door.at, '127.0.0.1');
    await using run = await openRun();
    await assert.rejects(run.start([elsewherePart(there, 'n1')]), {
      code: 'not-reached',
      message: /^The node n1 does not reach the app at 127\.0\.0\.1:\d+, .* n4 .*ECONNREFUSED.* \$HOST/,
    });
    await assert.rejects(run.start([elsewherePart(there, 'n1', 'another machine')]), {
      code: 'not-reached',
      message: /Set MARTEAU_ADDRESS on n4 to the address by which other machines reach it\.$/,
    });
  });
});

for (const [address, host] of [
  ['127.0.0.1', undefined],
  ['::1', undefined],
  ['10.0.0.7', '0.0.0.0'],
  ['load-2.example.com', '0.0.0.0'],
  ['fd00::7', '::'],
] as const)
  test(`a node whose address is ${address} lets its programs listen on ${host ?? 'loopback'}`, () =>
    assert.equal(listenOn(address), host));

for (const [listens, at] of [
  ['127.0.0.1:80', '127.0.0.1:80'],
  ['0.0.0.0:80', '127.0.0.1:80'],
  ['[::]:80', '127.0.0.1:80'],
  ['http://0.0.0.0:80', 'http://127.0.0.1:80'],
  ['http://:::80', 'http://127.0.0.1:80'],
] as const)
  test(`what listens on ${listens} is reached at ${at}`, () => assert.equal(onThisMachine(listens), at));
