import { entry } from './entry.ts';

/** What can go wrong between a caller and the service itself. */
export const serviceErrors = {
  'not-found': entry<{ what: string }>(
    404,
    ({ what }) => `There is no ${what}. It may have been deleted; the list of runs shows what is there.`,
  ),
  'project-in-bin': entry<{ project: string }>(
    409,
    ({ project }) => `The project of this run, ${project}, is in the bin, too. Have that back first.`,
  ),
  'bad-request': entry<{ detail: string }>(400, ({ detail }) => detail),
  'body-too-large': entry(
    413,
    () =>
      'The request is larger than this server takes, so it was not read. Send only the fields that are described at /api/docs.',
  ),
  'body-of-another-kind': entry(
    415,
    () =>
      'The request is of a kind that this server does not read. Send JSON with "Content-Type: application/json"; the fields are described at /api/docs.',
  ),
  'foreign-origin': entry<{ origin: string }>(
    403,
    ({ origin }) =>
      `This request came from another site (${origin}), and Marteau changes nothing for other sites. Use the form on this server, or call the API without a browser.`,
  ),
  'unknown-host': entry<{ host: string }>(
    421,
    ({ host }) =>
      `This server does not answer as ${host || 'a host without a name'}. Open it by the address in MARTEAU_URL, or set MARTEAU_URL to this one.`,
  ),
  'access-denied': entry(
    401,
    () =>
      'This server asks for its access token. Enter it on the sign-in page, or send it as "Authorization: Bearer TOKEN".',
  ),
  'store-unavailable': entry(
    503,
    () =>
      'The queue (Redis) does not answer, so nothing was stored. Try again in a moment; if it stays so, check that Redis runs.',
    true,
  ),
  'store-full': entry(
    503,
    () =>
      'The queue (Redis) is out of memory, so nothing was stored. What runs already comes to its end. Give Redis more memory (maxmemory) or delete old runs, then try again.',
    true,
  ),
  'wrong-state': entry<{ action: string; state: string }>(
    409,
    ({ action, state }) =>
      `This run is ${state}, so it cannot be ${action}. Reload the page to see where it stands.`,
  ),
  'idempotency-conflict': entry(
    409,
    () => 'This Idempotency-Key was used before with a different request. Use a new key for a new run.',
  ),
  internal: entry<{ id: string }>(
    500,
    ({ id }) =>
      `The server hit a defect of its own and logged it under ${id}. Nothing else is affected; tell whoever runs this server the number.`,
    true,
  ),
  'redis-missing': entry<{ install: string }>(
    503,
    ({ install }) =>
      `Redis is not on this node: neither redis-server nor valkey-server was found on the PATH. Install it (${install}), or set REDIS_URL to one that runs.`,
  ),
  'redis-port-taken': entry<{ port: number }>(
    503,
    ({ port }) =>
      `Another program listens on 127.0.0.1:${port}, where Redis should be started. Stop that program, or choose another port.`,
  ),
  'redis-failed': entry<{ folder: string; detail: string }>(
    503,
    ({ folder, detail }) =>
      `Redis was started in ${folder} but did not become ready: ${detail}. Its data is untouched; correct what it names and start again.`,
  ),
};
