import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { parse } from 'yaml';
import { readConfig as readWebConfig } from '../apps/web/src/config.ts';
import { readConfig as readWorkerConfig } from '../apps/worker/src/config.ts';

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/** The names of the variables that they read. */
function readBy(apps: string[]): Set<string> {
  const files = [
    'packages/store/src/settings/server-settings.ts',
    ...apps.map((app) => `apps/${app}/src/config.ts`),
  ];
  const text = files.map(read).join('\n');
  return new Set([...text.matchAll(/\b(MARTEAU_[A-Z_]+|SMTP_URL|REDIS_URL)\b/g)].map(([name]) => name));
}

interface Service {
  command?: string | string[];
  environment: Record<string, string | number>;
  volumes?: string[];
  ports?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  pids_limit?: number;
  mem_limit?: string;
}

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const example = read('.env.example');

  test('has Redis, web and worker', () => {
    assert.deepEqual(Object.keys(services), ['redis', 'web', 'worker']);
  });

  test('asks for the access token and for the password of Redis', () => {
    assert.match(String(services.web!.environment.MARTEAU_ACCESS_TOKEN), /^\$\{MARTEAU_ACCESS_TOKEN:\?.+\}$/);
    assert.match(String(services.redis!.environment.REDIS_PASSWORD), /^\$\{REDIS_PASSWORD:\?.+\}$/);
    for (const name of ['web', 'worker'])
      assert.match(
        String(services[name]!.environment.REDIS_URL),
        /^redis:\/\/:\$\{REDIS_PASSWORD:\?.+\}@redis:6379$/,
      );
  });

  test('has a Redis that writes everything down and throws nothing away', () => {
    const command = String(services.redis!.command);
    for (const option of ['--appendonly yes', '--maxmemory-policy noeviction', '--requirepass'])
      assert.ok(command.includes(option), option);
    assert.equal(services.redis!.ports, undefined);
  });

  test('tells web and worker alike what both go by', () => {
    const [web, worker] = ['web', 'worker'].map((name) => services[name]!.environment);
    for (const name of [
      'REDIS_URL',
      'MARTEAU_URL',
      'MARTEAU_DATA',
      'MARTEAU_FOLDERS',
      'AWS_ACCESS_KEY_ID',
      'MARTEAU_SECRETS',
      'MARTEAU_ALLOW_HOSTS',
      'SMTP_URL',
      'MARTEAU_PER_SUBMITTER',
      'MARTEAU_NODES_MAX',
      'MARTEAU_LOG',
    ])
      assert.equal(web![name] ?? 'missing', worker![name], name);
  });

  test('passes on what is not set as empty, and empty is the same as left out', () => {
    const empty = (name: string) =>
      Object.fromEntries(
        Object.entries(services[name]!.environment)
          .filter(([key, value]) => value === `\${${key}:-}`)
          .map(([key]) => [key, '']),
      );
    for (const name of [
      'MARTEAU_ROLES',
      'MARTEAU_LABELS',
      'MARTEAU_PREFLIGHT',
      'MARTEAU_KEEP_DAYS',
      'MARTEAU_LOG',
      'MARTEAU_CLONE_TIMEOUT',
      'HTTPS_PROXY',
    ])
      assert.equal(empty('worker')[name], '', name);
    assert.equal(JSON.stringify(readWorkerConfig(empty('worker'))), JSON.stringify(readWorkerConfig({})));
    assert.equal(JSON.stringify(readWebConfig(empty('web'), root)), JSON.stringify(readWebConfig({}, root)));
  });

  test('passes on all that a worker can be told', () => {
    const told = readBy(['worker']);
    // Those that are each worker's own, of which there are several, and those that would not fit a team's server.
    const own = [
      'MARTEAU_NODE',
      'MARTEAU_ADDRESS',
      'MARTEAU_GRACE',
      'MARTEAU_IDLE_EXIT',
      'MARTEAU_PROBES',
      'MARTEAU_ACCESS_TOKEN',
      'MARTEAU_ALLOW_PRIVATE',
    ];
    for (const name of told.difference(new Set(own)))
      assert.ok(Object.hasOwn(services.worker!.environment, name), name);
  });

  test('keeps data and queue in volumes, and lets workers be scaled', () => {
    assert.deepEqual(Object.keys(volumes), ['data', 'trees', 'npm-cache', 'work', 'redis']);
    assert.equal(services.worker!.ports, undefined);
    assert.equal(Object.hasOwn(services.worker!, 'container_name'), false);
    assert.equal(Object.hasOwn(services.worker!.environment, 'MARTEAU_NODE'), false);
  });

  test('gives nobody more than they need', () => {
    for (const name of ['web', 'worker']) {
      const service = services[name]!;
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.ok(service.read_only && service.pids_limit! > 0 && service.mem_limit, name);
    }
    assert.deepEqual(services.web!.volumes, ['data:/data']);
  });

  test('runs what is there', () => {
    for (const name of ['web', 'worker'])
      assert.ok(read((services[name]!.command as string[])[1]!).length > 0);
  });

  test('uses no variable that .env.example does not explain', () => {
    const used = new Set(
      [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name!),
    );
    for (const name of used) assert.match(example, new RegExp(`^#?${name}=`, 'm'), name);
  });
});

test('the image has the Node of package.json', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: { node: string } };
  assert.match(
    read('Dockerfile'),
    new RegExp(`^FROM node:${dependencies.node.replaceAll('.', '\\.')}-`, 'm'),
  );
});

test('docs/operations.md explains every variable that web and worker read', () => {
  const page = read('docs/operations.md');
  for (const name of readBy(['web', 'worker'])) assert.ok(page.includes(`\`${name}\``), name);
});

test('no secret of whoever builds an image gets into it, and all of the source does', async () => {
  await using folder = await createTempFolder();
  // Docker counts a pattern from the root, git from anywhere: with a slash before it both mean the same.
  const lines = read('.dockerignore').split('\n');
  const anchored = lines.map((line) => line.replace(/^(!?)(?!\*\*|[#!/]|$)/, '$1/')).join('\n');
  writeFileSync(join(folder.path, '.gitignore'), anchored);
  execFileSync('git', ['init', '--quiet'], { cwd: folder.path });
  const ignored = (paths: readonly string[]): string[] => {
    const asked = spawnSync('git', ['check-ignore', '--no-index', '--stdin'], {
      cwd: folder.path,
      input: paths.join('\n'),
      encoding: 'utf8',
    });
    return asked.stdout.trim().split('\n').filter(Boolean);
  };
  const secrets = [
    '.env',
    'deploy/.env.production',
    'secrets.yml',
    'my-secrets.yaml',
    'deploy/secrets.yml',
    'tls/server.pem',
    'server.key',
    'data/link.key',
    'data/runs/r1/run.json',
    'home/.npmrc',
    'node_modules/x/index.js',
  ];
  assert.deepEqual(ignored(secrets), secrets);
  const source = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8', maxBuffer: 16e6 });
  assert.deepEqual(ignored(source.trim().split('\n')), []);
});
