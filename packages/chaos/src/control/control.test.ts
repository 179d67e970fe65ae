import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { FaultSetting } from '@marteau/file/fault-setting';
import { freePort, waitUntil } from '@marteau/testkit';
import toxiproxyClient from 'toxiproxy-node-client';
import { behaviors } from '../behaviors/index.ts';
import { ControlClient } from '../client/control-client.ts';
import { startProxy, stopProxy } from '../client/start-proxy.ts';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { sendToStatsd } from '../outputs/statsd.ts';
import { Proxies } from './proxies.ts';
import { type ControlOptions, startControl } from './server.ts';

const { Toxiproxy } = toxiproxyClient;

async function setUp(options: Partial<ControlOptions> = {}) {
  const stack = new AsyncDisposableStack();
  const echo = stack.use(await startEcho());
  const proxies = new Proxies();
  stack.defer(() => proxies.stop());
  const control = await startControl(proxies, { listen: '127.0.0.1:0', ...options });
  stack.defer(() => control.stop());
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(control.url + path, {
      method,
      headers: { 'user-agent': 'test', ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, text, body: json ? JSON.parse(text) : undefined };
  };
  return { echo, proxies, url: control.url, ask, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const portOf = (listen: string) => Number(listen.split(':').at(-1));

describe('Toxiproxy’s API', () => {
  test('its client makes, changes and removes proxies and every toxic', async () => {
    await using it = await setUp();
    const toxiproxy = new Toxiproxy(it.url);
    assert.match(await toxiproxy.getVersion(), /^\{"version":"2\.\d+\.\d+"\}\n$/);
    const proxy = await toxiproxy.createProxy({
      name: 'echo',
      listen: '127.0.0.1:0',
      upstream: it.echo.address,
    });
    assert.ok(portOf(proxy.listen) > 0, 'port 0 has become a real one');
    const toxics = {
      latency: { latency: 1000, jitter: 10 },
      bandwidth: { rate: 100 },
      slow_close: { delay: 100 },
      timeout: { timeout: 100 },
      reset_peer: { timeout: 100 },
      slicer: { average_size: 64, size_variation: 32, delay: 10 },
      limit_data: { bytes: 1000 },
    };
    for (const [type, attributes] of Object.entries(toxics)) {
      for (const stream of ['upstream', 'downstream'] as const) {
        const body = { name: `${type}-${stream}`, type, stream, toxicity: 0.5, attributes } as Parameters<
          typeof proxy.addToxic
        >[0];
        const toxic = await proxy.addToxic(body);
        assert.deepEqual(toxic.toJson(), body);
        const [[name, value]] = Object.entries(attributes) as [[string, number]];
        const updated = await toxic.update({
          ...body,
          toxicity: 1,
          attributes: { [name]: value + 1 },
        } as never);
        assert.deepEqual(updated.toJson(), {
          ...body,
          toxicity: 1,
          attributes: { ...attributes, [name]: value + 1 },
        });
        assert.deepEqual((await proxy.getToxic(body.name)).toJson(), updated.toJson());
      }
    }
    const all = await toxiproxy.getAll();
    assert.equal(it.proxies.get('echo').behaviors.length, 14);
    assert.deepEqual(Object.keys(all), ['echo']);
    await (await proxy.getToxic('slicer-upstream')).remove();
    await assert.rejects(proxy.getToxic('slicer-upstream'), /404/);
    await toxiproxy.reset();
    assert.equal(it.proxies.get('echo').behaviors.length, 0);
    using client = await openClient(portOf(proxy.listen));
    await client.ask('x', 'x');
    const disabled = await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
    assert.equal(disabled.enabled, false);
    assert.equal(await client.over, 'end');
    await toxiproxy.reset();
    using again = await openClient(portOf(proxy.listen));
    await again.ask('x', 'x');
    await proxy.remove();
    assert.deepEqual(await toxiproxy.getAll(), {});
  });

  test('statuses and words are Toxiproxy’s', async () => {
    await using it = await setUp();
    const upstream = it.echo.address;
    const cases: [string, string, unknown, number, RegExp][] = [
      ['POST', '/proxies', { name: 'a', upstream, listen: 'localhost:0' }, 201, /"toxics":\[\]/],
      ['POST', '/proxies', { name: 'a', upstream }, 409, /"error":"proxy already exists.*"status":409/],
      ['POST', '/proxies', { upstream }, 400, /missing required field/],
      ['POST', '/proxies', '{', 400, /The body is no JSON/],
      ['POST', '/proxies', { name: 'b', upstream, listen: 'nowhere' }, 400, /is not an address/],
      ['GET', '/proxies/b', undefined, 404, /proxy not found/],
      [
        'POST',
        '/proxies/a/toxics',
        { type: 'latency', attributes: { latency: 5 } },
        200,
        /"name":"latency_downstream".*"toxicity":1/,
      ],
      ['POST', '/proxies/a/toxics', { type: 'latency' }, 409, /toxic already exists/],
      ['POST', '/proxies/a/toxics', { type: 'no' }, 400, /invalid toxic type/],
      ['POST', '/proxies/a/toxics', { type: 'latency', stream: 'side' }, 400, /stream was invalid/],
      ['POST', '/proxies/a/toxics', { type: 'latency', name: 'x', toxicity: 2 }, 400, /toxicity/],
      ['POST', '/proxies/a/toxics', { type: 'slicer' }, 200, /slicer/],
      ['GET', '/proxies/a/toxics', undefined, 200, /"attributes":\{"latency":5,"jitter":0\}/],
      ['PATCH', '/proxies/a/toxics/latency_downstream', { toxicity: 0.5 }, 200, /"toxicity":0\.5/],
      ['PATCH', '/proxies/a', { enabled: false }, 200, /"enabled":false/],
      ['DELETE', '/proxies/a/toxics/no', undefined, 404, /toxic not found/],
      ['DELETE', '/proxies/a/toxics/latency_downstream', undefined, 204, /^$/],
      ['POST', '/reset', undefined, 204, /^$/],
      ['GET', '/nothing', undefined, 404, /There is no \/nothing here/],
      ['DELETE', '/proxies', undefined, 404, /takes GET, POST and not DELETE/],
      ['DELETE', '/proxies/a', undefined, 204, /^$/],
    ];
    for (const [method, path, body, status, text] of cases) {
      const answer = await it.ask(method, path, body);
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
      assert.match(answer.text, text);
    }
  });

  test('populate makes what it can, keeps what is the same, and says what failed', async () => {
    await using it = await setUp();
    const toxiproxy = new Toxiproxy(it.url);
    const upstream = it.echo.address;
    const made = await toxiproxy.populate([
      { name: 'a', listen: '127.0.0.1:0', upstream },
      { name: 'b', listen: '127.0.0.1:0', upstream },
    ]);
    const { listen } = made.a!;
    const [a, b] = [it.proxies.get('a'), it.proxies.get('b')];
    const half = await it.ask('POST', '/populate', [
      { name: 'a', listen, upstream },
      { name: 'b', listen: b.listen, upstream: '127.0.0.1:1' },
      { name: 'c', listen, upstream },
      { name: 'd', upstream },
    ]);
    assert.equal(half.status, 409);
    assert.match(half.body.error, /Something else already listens/);
    assert.deepEqual(
      half.body.proxies.map(({ name }: { name: string }) => name),
      ['a', 'b'],
    );
    assert.equal(it.proxies.get('a'), a, 'the same is left alone');
    assert.notEqual(it.proxies.get('b'), b, 'another backend is another proxy');
    const bad = await it.ask('POST', '/populate', [{ name: 'e', upstream }, { name: 'f' }]);
    assert.equal(bad.status, 400);
    assert.ok(!it.proxies.has('e'), 'nothing is made where a field is missing');
  });
});

test('Vaurien’s API', async () => {
  await using it = await setUp();
  await it.proxies.add({ name: 'echo', listen: '127.0.0.1:0', upstream: it.echo.address });
  assert.deepEqual((await it.ask('GET', '/behavior')).body, { behavior: 'dummy' });
  assert.deepEqual((await it.ask('PUT', '/behavior', { name: 'error', inject: true })).body, {
    status: 'ok',
  });
  assert.deepEqual((await it.ask('GET', '/behavior')).body, { behavior: 'error', inject: true });
  assert.deepEqual(it.proxies.get('echo').behaviors[0]?.options, { inject: true });
  const wrong = await it.ask('PUT', '/behavior', { name: 'delay', slep: 1 });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /"status":"error","errors":\[\{"location":"body".*no option 'slep'/);
  await it.ask('PUT', '/behavior', { name: '5:error,10:delay' });
  assert.deepEqual((await it.ask('GET', '/behavior')).body, { behavior: '5:error,10:delay' });
  assert.ok((await it.ask('GET', '/behaviors')).body.behaviors.includes('transient'));
  assert.deepEqual((await it.ask('PUT', '/backend', { backend: 'localhost:1' })).body, { status: 'ok' });
  assert.deepEqual((await it.ask('GET', '/backend')).body, { backend: 'localhost:1' });
});

describe('the native API', () => {
  test('proxies and behaviours, leases and healing', async () => {
    await using it = await setUp();
    const made = await it.ask('POST', '/api/v1/proxies', {
      name: 'r',
      upstream: it.echo.address,
      protocol: 'redis',
      seed: 4,
    });
    assert.equal(made.status, 201);
    const added = await it.ask('POST', '/api/v1/proxies/r/behaviors', {
      behavior: 'error',
      match: { command: 'GET' },
      probability: 0.5,
    });
    assert.equal(added.body.behaviors[0].probability, 0.5);
    await it.ask('POST', '/api/v1/proxies/r/behaviors', { behavior: 'hang', lease: 20 });
    await waitUntil('the lease to end', () => it.proxies.get('r').behaviors.length === 1);
    const listed = await it.ask('GET', '/api/v1/proxies');
    assert.equal(listed.body.proxies[0].behaviors[0].name, 'error');
    assert.equal(
      (await it.ask('PATCH', '/api/v1/proxies/r/behaviors/error', { probability: 1 })).body.behaviors[0]
        .probability,
      1,
    );
    assert.equal((await it.ask('POST', '/api/v1/heal')).status, 204);
    assert.deepEqual((await it.ask('GET', '/api/v1/proxies/r')).body.behaviors, []);
    const wrong = await it.ask('POST', '/api/v1/proxies/r/behaviors', { behaviour: 'x' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.body.detail, /behavior/);
    const names = (await it.ask('GET', '/api/v1/behaviors')).body.behaviors.map(
      ({ name }: { name: string }) => name,
    );
    assert.equal(names.length, behaviors.length);
    const document = (await it.ask('GET', '/api/openapi.json')).body;
    assert.ok(document.paths['/api/v1/proxies/{proxy}/behaviors/{behavior}'].patch.requestBody);
    const asked = document.paths['/api/v1/proxies/{proxy}/behaviors'].post.requestBody;
    const { properties } = asked.content['application/json'].schema;
    for (const field of Object.keys(FaultSetting.properties)) assert.ok(field in properties, field);
  });

  test('events as JSON lines, statsd and Prometheus', async () => {
    await using it = await setUp();
    const proxy = await it.proxies.add({
      name: 'echo',
      listen: '127.0.0.1:0',
      upstream: it.echo.address,
      behaviors: [{ behavior: 'delay', options: { sleep: 0 } }],
    });
    const statsd = createSocket('udp4').bind(0, '127.0.0.1');
    await once(statsd, 'listening');
    const end = sendToStatsd(it.proxies.events, { host: '127.0.0.1', port: statsd.address().port });
    const stream = await fetch(`${it.url}/api/v1/events`, { headers: { 'user-agent': 'test' } });
    const lines = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    using client = await openClient(portOf(proxy.listen));
    const counted = once(statsd, 'message');
    await client.ask('x', 'x');
    const event = JSON.parse((await lines.read()).value!);
    assert.deepEqual([event.proxy, event.behavior, event.connection, event.request], ['echo', 'delay', 1, 1]);
    assert.equal(String((await counted)[0]), 'vaurien.echo.delay:1|c');
    const { text } = await it.ask('GET', '/metrics');
    assert.match(text, /marteau_chaos_faults_total\{proxy="echo",behavior="delay"\} 1\n/);
    assert.match(text, /marteau_chaos_bytes_total\{proxy="echo",direction="upstream"\} 1\n/);
    await lines.cancel();
    end();
    statsd.close();
  });
});

describe('who may control', () => {
  test('browsers, foreign sites and strange names may not', async () => {
    await using it = await setUp();
    for (const headers of [
      { 'user-agent': 'Mozilla/5.0 (X11)' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'http://evil.example' },
    ] as Record<string, string>[]) {
      const answer = await it.ask('GET', '/version', undefined, headers);
      assert.equal(answer.status, 403, JSON.stringify(headers));
    }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        `${it.url}/version`,
        { headers: { host: 'rebound.example:8474' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      asked.on('error', reject).end();
    });
    assert.equal(status, 403);
  });

  test('beyond loopback only with a token', async () => {
    await assert.rejects(
      startControl(new Proxies(), { listen: '0.0.0.0:0' }),
      /Set a token, or listen on 127\.0\.0\.1/,
    );
    await using it = await setUp({ token: 'secret' });
    assert.equal((await it.ask('GET', '/version')).status, 403);
    assert.equal(
      (await it.ask('GET', '/version', undefined, { authorization: 'Bearer secret' })).status,
      200,
    );
  });
});

describe('the clients for tests', () => {
  test('withBehavior restores what was there, here and elsewhere, even after an error', async () => {
    await using it = await setUp();
    await using started = await startProxy({ upstream: it.echo.address });
    await it.proxies.add({ name: 'e', listen: '127.0.0.1:0', upstream: it.echo.address });
    const remote = new ControlClient({ url: it.url, proxy: 'e' });
    for (const [client, proxy] of [
      [started, started.proxy],
      [remote, it.proxies.get('e')],
    ] as const) {
      await proxy.setBehaviors([{ behavior: 'delay', options: { sleep: 0 } }]);
      const inside = await client.withBehavior('error', { inject: true }, () => proxy.behaviors);
      assert.deepEqual(
        inside.map(({ behavior, options }) => [behavior, options]),
        [['error', { inject: true }]],
      );
      await assert.rejects(
        client.withBehavior('hang', {}, () => {
          throw new Error('failed');
        }),
        /failed/,
      );
      assert.deepEqual(
        proxy.behaviors.map(({ behavior, options }) => [behavior, options]),
        [['delay', { sleep: 0 }]],
      );
    }
    await remote.addBehavior({ behavior: 'hang' });
    await remote.removeBehavior('hang');
    await assert.rejects(
      remote.withBehavior('nothing', {}, () => {}),
      /There is no behaviour 'nothing'/,
    );
    await stopProxy(started);
    const nobody = new ControlClient({ url: `http://127.0.0.1:${await freePort()}`, proxy: 'e' });
    await assert.rejects(nobody.getBehaviors(), /nobody answers there; start it with marteau proxy/);
  });
});
