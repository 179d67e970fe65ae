import { MarteauError } from '@marteau/shared';
import { refusePage } from './refuse-page.ts';

const LONGEST = 2048;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** What a repository's address says, before anybody looks the host up. */
export interface ParsedAddress {
  /** The one spelling of this project: no credentials, no `.git`, no slash at the end. Groups its runs. */
  readonly url: string;
  /** What git is given: as typed, but normalised. */
  readonly cloneUrl: string;
  readonly protocol: 'https' | 'http' | 'file';
  /** Without brackets; empty for file. */
  readonly host: string;
  /** 0 for file. */
  readonly port: number;
  /** `owner/project`, without `.git`. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
}

/**
 * Reads what somebody typed or pasted as a repository's address; touches no network.
 * @throws MarteauError address-*; its message repeats no credentials
 */
export function parseAddress(typed: string): ParsedAddress {
  const text = typed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''); // what a paste brings along
  refuseByLook(text);
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? URL.parse(text) : null;
  if (!url) throw new MarteauError('address-not-a-url', { suggestion: httpsSuggestion(text) });
  if (!isProtocol(url.protocol)) {
    throw new MarteauError('address-scheme', { scheme: url.protocol.slice(0, -1).slice(0, 20) });
  }
  if (url.protocol === 'file:' && url.host) throw new MarteauError('address-not-a-url', { suggestion: '' });
  if (url.protocol !== 'file:') refusePage(url.origin, decode(url.pathname.slice(1)).replace(/\/+$/, ''));
  if (url.search || url.hash || /[?#]$/.test(text)) throw new MarteauError('address-query', {});
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  url.pathname = url.pathname.replace(/\/+$/, '');
  const path = decode(url.pathname.replace(/^\/+/, '').replace(/\.git$/, ''));
  if (path === '') throw new MarteauError('address-no-path', { host: url.host });
  if (CONTROL.test(path)) throw new MarteauError('address-control-characters', {});
  return {
    url: url.href.replace(/\.git$/, ''),
    cloneUrl: url.href,
    protocol: url.protocol.slice(0, -1) as ParsedAddress['protocol'],
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.protocol === 'file:' ? 0 : Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
  };
}

/** What can be told without reading it as a URL, most dangerous first. */
function refuseByLook(text: string): void {
  if (text === '') throw new MarteauError('address-empty', {});
  if (text.length > LONGEST) throw new MarteauError('address-too-long', { limit: LONGEST });
  if (CONTROL.test(text.replace(/\s/g, ''))) throw new MarteauError('address-control-characters', {});
  if (/\s/.test(text) && !/^[\w+-]+::/.test(text)) throw new MarteauError('address-whitespace', {});
  if (/^([\w+.-]*:\/\/)?-/.test(text)) throw new MarteauError('address-option', {});
  const helper = /^([\w+-]+)::/.exec(text)?.[1];
  if (helper) throw new MarteauError('address-helper', { helper: helper.slice(0, 20) });
  if (isSsh(text)) throw new MarteauError('address-ssh', { suggestion: httpsSuggestion(text) });
  if (/^(?:[a-z][a-z0-9+.-]*:)?[\\/]*[^\\/]*@/i.test(text)) throw new MarteauError('address-credentials', {});
}

/** `ssh://…`, `git+ssh://…`, or scp's `git@host:path`; one with a password is not among them. */
function isSsh(text: string): boolean {
  if (/^(git\+)?ssh:\/\//i.test(text)) return !/^[^/]*\/\/[^/@]*:[^/@]*@/.test(text);
  return /^[\w.-]+@[\w.-]+:(?![\\/]{2})/.test(text);
}

/** The https address that was probably meant; empty when it cannot be told. */
function httpsSuggestion(text: string): string {
  const [, host, path] =
    /^(?:(?:git\+)?ssh:\/\/)?(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+)(?::\d+(?=\/))?[:/]\/?([\w./~-]+)$/i.exec(
      text,
    ) ?? [];
  return host && path
    ? `https://${host.toLowerCase()}/${path.replace(/\/+$/, '').replace(/\.git$/, '')}`
    : '';
}

function isProtocol(protocol: string): boolean {
  return protocol === 'https:' || protocol === 'http:' || protocol === 'file:';
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
