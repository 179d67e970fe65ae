// What people run in a project works in a compartment as it does without.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findChromium } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { scriptOf, visitHello } from './house/projects.ts';

const play = join(import.meta.dirname, '../node_modules/playwright-core');

/** Apps by what they are written in: a program that has to be on the node, the file's `app`, the project's files. */
const apps = {
  python: {
    needs: 'python3',
    app: 'command: python3 server.py',
    files: {
      'server.py': `import http.server, os
class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        self.send_response(200); self.send_header('content-length', '5'); self.end_headers(); self.wfile.write(b'hello')
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Hello).serve_forever()`,
    },
  },
  go: {
    needs: 'go',
    app: 'setup: go build -o server server.go, command: ./server, timeout: 2m',
    files: {
      'server.go': `package main
import ("net/http"; "os")
func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello")) })
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}`,
    },
  },
  java: {
    needs: 'javac',
    app: 'setup: javac Server.java, command: java Server, timeout: 2m',
    files: {
      'Server.java': `import com.sun.net.httpserver.*; import java.net.*;
class Server { public static void main(String[] a) throws Exception {
  HttpServer s = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
  s.createContext("/", x -> { x.sendResponseHeaders(200, 5); x.getResponseBody().write("hello".getBytes()); x.close(); });
  s.start(); } }`,
    },
  },
  'c, with a database of its own': {
    needs: 'gcc',
    app: 'setup: "gcc -o native native.c", command: node server.ts, timeout: 1m',
    files: {
      'native.c': `#include <stdio.h>
int main() { puts("hello"); }`,
      'server.ts': `import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';
const database = spawn('redis-server', ['--port', '0', '--unixsocket', process.cwd() + '/db', '--save', ''], { stdio: 'inherit' });
process.on('exit', () => database.kill());
const answer = execFileSync('./native');
createServer((request, response) => {
  const asked = connect({ path: process.cwd() + '/db' }, () => asked.end('PING\\r\\n'));
  asked.on('error', () => response.writeHead(503).end()).once('data', () => response.end(answer));
}).listen(process.env.PORT, '127.0.0.1');`,
    },
  },
};

describe('in a compartment', { concurrency: 1 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
  });

  async function passes(
    name: string,
    yaml: string,
    files: Record<string, string>,
    script = scriptOf(visitHello),
  ) {
    const repo = await house.git.createRepo(name.replace(/\W+/g, '-'), {
      '.marteau.yml': `name: ${name}\nscript: a.test.ts\ncycles: 1\nduration: 2s\nramp: 0s\nthresholds: ["errors < 1%"]\n${yaml}`,
      'a.test.ts': script,
      ...files,
    });
    const ended = await house.ends(await house.submit(repo.url, { once: true }), 180_000);
    const console = await house.file(ended.id, 'console.log');
    assert.equal(ended.verdict, 'pass', `${ended.reason}\n${console}`);
  }

  for (const [name, { needs, app, files }] of Object.entries(apps))
    test(`an app in ${name}`, { skip: !isThere(needs) && `${needs} is not here` }, () =>
      passes(name, `app: {${app}}\n`, files),
    );

  test('a browser', () =>
    passes(
      'browser',
      'app: {command: node server.ts}\n',
      {
        'server.ts': `import { createServer } from 'node:http';
createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>hello</h1>')).listen(process.env.PORT, '127.0.0.1');`,
      },
      `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
const { chromium } = createRequire(import.meta.url)('${play}');
test('sees the page', async () => {
  const browser = await chromium.launch({ executablePath: '${findChromium(process.env)}', args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await page.goto(process.env.MARTEAU_TARGET);
  assert.equal(await page.textContent('h1'), 'hello');
  await browser.close();
});`,
    ));
});

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));
}
