import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, waitUntil } from '@marteau/testkit';
import { isThere, type Program, start } from './program.ts';

const hello = 'hello world\n';
/** 1 KB, as an API answers it. */
export const json = JSON.stringify({
  total: 8,
  items: Array.from({ length: 8 }, (_, id) => ({
    id,
    name: `Anvil no. ${id}`,
    description: 'Forged from one piece of steel, for the hammer.',
    price: 100 + id,
    tags: ['steel', 'new'],
  })),
});

export interface Target extends AsyncDisposable {
  readonly http: string;
  readonly https: string;
  /** HTTP/2 over TLS. */
  readonly h2: string;
  /** HTTP/2 without TLS, by prior knowledge. */
  readonly h2c: string;
  /** Requests answered so far. */
  requests(): Promise<number>;
}

/**
 * An nginx with one process on the target's core: `/` is 12 bytes, `/json` 1 KB that sets a cookie. It answers what
 * is posted without looking at it.
 */
export async function startNginx(folder: string): Promise<Target> {
  if (!isThere('nginx'))
    throw new Error('nginx is not on the path: install it (apt-get install nginx-light) and run this again.');
  const http = await freePort();
  const [https, h2, h2c, status] = [await freePort(), await freePort(), await freePort(), await freePort()];
  await makeCertificate(folder);
  await mkdir(join(folder, 'temp'));
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, { http, https, h2, h2c, status }));
  const program: Program = start('target', 'nginx', [
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    join(folder, 'error.log'),
  ]);
  const requests = async () => {
    const text = await (await fetch(`http://127.0.0.1:${status}/`)).text();
    return Number(text.split('\n')[2]!.trim().split(/\s+/)[2]);
  };
  await waitUntil('nginx to answer', requests);
  return {
    http: `http://127.0.0.1:${http}`,
    https: `https://127.0.0.1:${https}`,
    h2: `https://127.0.0.1:${h2}`,
    h2c: `http://127.0.0.1:${h2c}`,
    requests,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function makeCertificate(folder: string): Promise<void> {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await promisify(execFile)('openssl', ['req', '-x509', '-days', '30', ...key, ...files, ...subject]);
}

function configuration(
  folder: string,
  ports: { http: number; https: number; h2: number; h2c: number; status: number },
): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/temp/${name};`,
  );
  return `
    worker_processes 1; daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 20000; }
    http {
      access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; ${temp.join(' ')}
      server {
        listen 127.0.0.1:${ports.http} backlog=16384;
        listen 127.0.0.1:${ports.https} ssl;
        listen 127.0.0.1:${ports.h2} ssl http2;
        listen 127.0.0.1:${ports.h2c} http2 backlog=16384;
        ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;
        location / { default_type text/plain; return 200 "${hello.replace('\n', '\\n')}"; }
        location /json {
          default_type application/json; add_header Set-Cookie "session=$connection; Path=/";
          return 200 '${json}';
        }
      }
      server { listen 127.0.0.1:${ports.status}; location / { stub_status; } }
    }`;
}
