import { MarteauError } from '@marteau/shared';

const TIMEOUT_MS = 10_000;
const MOST_PAGES = 30;
const LARGEST = 8_000_000;

/**
 * Asks a git host in a person's name.
 * @throws MarteauError host-away where it does not answer as it should, access-denied where it does not take the token
 */
export async function askHost(url: string, token: string, accept = 'application/json'): Promise<Response> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept, 'user-agent': 'Marteau' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new MarteauError('host-away', { host: new URL(url).host, detail: error.message.slice(0, 100) });
  });
  if (response.status === 401) throw new MarteauError('access-denied', {});
  if (!response.ok)
    throw new MarteauError('host-away', {
      host: new URL(url).host,
      detail: `it answered ${response.status}`,
    });
  return response;
}

/** Every page of a list. @param page the address of a page, the first being 1 @throws as askHost */
export async function askPages<T>(
  token: string,
  page: (number: number) => string,
  size: number,
): Promise<T[]> {
  const all: T[] = [];
  for (let number = 1; number <= MOST_PAGES; number++) {
    const text = await (await askHost(page(number), token)).text();
    const list: unknown = text.length < LARGEST ? parse(text) : null;
    if (!Array.isArray(list))
      throw new MarteauError('host-away', { host: new URL(page(1)).host, detail: 'its answer is no list' });
    all.push(...(list as T[]));
    if (list.length < size) break;
  }
  return all;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
