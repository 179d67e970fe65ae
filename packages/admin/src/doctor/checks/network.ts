import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Check, type Finding, odd, ok, PATIENCE_MS, wrong } from '../check.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
/** Nobody listens there: a machine that refuses is one that is reached. */
const CLOSED_PORT = 61_999;

export const dns: Check = {
  name: 'DNS',
  async look({ settings }) {
    const named = [
      ['MARTEAU_URL', settings.url],
      ['SMTP_URL', settings.smtpUrl],
      ['REDIS_URL', settings.redisUrl],
      ['MARTEAU_FOLDERS', settings.bucket?.endpoint],
    ] as const;
    const findings = await Promise.all(
      named.map(async ([variable, url]): Promise<Finding[]> => {
        const host = url ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
        if (host === '') return [];
        try {
          await inTime(lookup(host));
          return [];
        } catch (error) {
          return [
            wrong(
              `${host} of ${variable} has no address here (${codeOf(error)}). Check the name, and this machine’s DNS (/etc/resolv.conf).`,
            ),
          ];
        }
      }),
    );
    return findings.flat().length > 0 ? findings.flat() : [ok('All names in the settings have addresses.')];
  },
};

export const certificates: Check = {
  name: 'Certificates',
  async look({ settings }) {
    const tls = [
      ['MARTEAU_URL', settings.url, 'https:', 443],
      ['SMTP_URL', settings.smtpUrl, 'smtps:', 465],
      ['REDIS_URL', settings.redisUrl, 'rediss:', 6379],
      ['MARTEAU_FOLDERS', settings.bucket?.endpoint, 'https:', 443],
    ] as const;
    const findings = await Promise.all(
      tls.map(([variable, text, protocol, port]) => {
        const url = text ? new URL(text) : null;
        return url?.protocol === protocol ? lookAtCertificate(variable, url, Number(url.port) || port) : [];
      }),
    );
    const { url } = settings;
    if (url?.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(url))
      findings.push([
        odd(
          'MARTEAU_URL begins with http://, so tokens and reports cross the network as they are. Put a proxy with TLS in front, and set it to https://.',
        ),
      ]);
    return findings.flat();
  },
};

async function lookAtCertificate(variable: string, { hostname }: URL, port: number): Promise<Finding[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
  });
  try {
    await inTime(
      new Promise<void>((done, failed) => socket.once('secureConnect', done).once('error', failed)),
    );
    const { valid_to: until } = socket.getPeerCertificate();
    const days = Math.floor((Date.parse(until) - Date.now()) / DAY_MS);
    if (days < 0)
      return [wrong(`The certificate of ${host} (${variable}) has expired on ${until}. Renew it.`)];
    if (!socket.authorized)
      return [
        wrong(
          `The certificate of ${host} (${variable}) is not trusted: ${socket.authorizationError}. Renew it for that name, or add its authority to the system’s store (update-ca-certificates) and NODE_EXTRA_CA_CERTS.`,
        ),
      ];
    if (days < SOON_DAYS)
      return [odd(`The certificate of ${host} (${variable}) expires in ${days} days. Renew it.`)];
    return [ok(`The certificate of ${host} (${variable}) is good for ${days} days.`)];
  } catch (error) {
    return [
      wrong(
        `${host} (${variable}) cannot be reached at port ${port} (${codeOf(error)}). Check the name, the port and the firewall.`,
      ),
    ];
  } finally {
    socket.destroy();
  }
}

export const ports: Check = {
  name: 'Ports',
  async look({ host, port, settings }) {
    const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    const local = `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
    // A web that took any free port knows itself that it answers.
    if (port === 0) return [];
    const findings = [
      await answers(
        local,
        `No web of Marteau answers at ${local}. Start it, or set HOST and PORT as it has them.`,
      ),
    ];
    if (settings.url !== null && settings.url !== local)
      findings.push(
        await answers(
          settings.url,
          `${settings.url} (MARTEAU_URL), under which people open Marteau, does not lead here. Let the proxy in front pass it, with the Host that it got.`,
        ),
      );
    return findings;
  },
};

async function answers(url: string, unless: string): Promise<Finding> {
  try {
    const response = await fetch(`${url}/healthz`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.status === 200
      ? ok(`The web answers at ${url}.`)
      : wrong(`${unless} It says ${response.status}.`);
  } catch (error) {
    return wrong(`${unless} (${codeOf((error as Error).cause ?? error)})`);
  }
}

export const reachability: Check = {
  name: 'Between nodes',
  async look({ store }) {
    const nodes = ((await store?.nodes.list()) ?? []).filter(({ state }) => state !== 'dead');
    const named = nodes.filter(({ address }) => address !== undefined);
    if (nodes.length < 2) return [];
    const findings = await Promise.all(
      named.map(
        async ({ name, address }): Promise<Finding[]> =>
          (await isReached(address!))
            ? []
            : [
                wrong(
                  `Node ${name} is not reached from here at ${address}, so others could not reach a run’s app on it. Set its MARTEAU_ADDRESS to the one that they reach, and open the ports above 32768 between nodes.`,
                ),
              ],
      ),
    );
    return findings.flat().length > 0
      ? findings.flat()
      : [ok('The machines of all nodes are reached from here.')];
  },
};

async function isReached(host: string): Promise<boolean> {
  const socket = connect({ host, port: CLOSED_PORT });
  try {
    await inTime(new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed)));
    return true;
  } catch (error) {
    return codeOf(error) === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
