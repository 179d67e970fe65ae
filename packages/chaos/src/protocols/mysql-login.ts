import type { MysqlAgreement } from './mysql-answer.ts';

const MYSQL = 1; // which clients and servers of MariaDB leave out
const COMPRESSION = 1 << 5;
const TLS = 1 << 11;
const DEPRECATE_EOF = 1 << 24;
const OPTIONAL_METADATA = 1 << 25;
const ZSTD_COMPRESSION = 1 << 26;
const QUERY_ATTRIBUTES = 1 << 27;
/** In MariaDB’s second word of capabilities. */
const CACHE_METADATA = 1 << 4;
const EXTENSION_AT = 28;

interface Capabilities {
  readonly flags: number;
  /** MariaDB’s own. */
  readonly more: number;
}

/** What a login says of the conversation after it. */
export interface MysqlLogin extends MysqlAgreement {
  /** Why nothing can be told apart from here on; null where it can. */
  readonly hides: string | null;
  /** Parameters may stand before the text of a statement. */
  readonly hasAttributes: boolean;
  /** Clients of MariaDB send statements before the answers to those before them have come. */
  readonly pipelines: boolean;
}

/** Reads the first bytes of a login, and of the greeting that it answers: what both can do is agreed on. */
export function readLogin(login: Buffer, greeting: Buffer): MysqlLogin {
  const client = offered(login);
  const server = greeted(greeting);
  const flags = client.flags & server.flags;
  const caches = (client.more & server.more & CACHE_METADATA) !== 0;
  return {
    hides:
      client.flags & TLS
        ? 'TLS hides the statements'
        : flags & (COMPRESSION | ZSTD_COMPRESSION)
          ? 'compression hides the statements'
          : null,
    deprecatesEof: (flags & DEPRECATE_EOF) !== 0,
    metadataFlag: caches ? 'behind' : flags & OPTIONAL_METADATA ? 'before' : null,
    hasAttributes: (flags & QUERY_ATTRIBUTES) !== 0,
    pipelines: (client.flags & MYSQL) === 0,
  };
}

function offered(login: Buffer): Capabilities {
  const flags = login.length >= 4 ? login.readUInt32LE(0) : login.length >= 2 ? login.readUInt16LE(0) : 0;
  const isExtended = (flags & MYSQL) === 0 && login.length >= EXTENSION_AT + 4;
  return { flags, more: isExtended ? login.readUInt32LE(EXTENSION_AT) : 0 };
}

/** Version, version’s text, thread, 8 bytes and a zero; then 2 bytes of capabilities, 3 of state, and 2 again. */
function greeted(greeting: Buffer): Capabilities {
  const at = greeting.indexOf(0, 1) + 1 + 13;
  if (greeting[0] !== 10 || at < 14 || greeting.length < at + 18) return { flags: ~0, more: ~0 };
  const flags = greeting.readUInt16LE(at) | (greeting.readUInt16LE(at + 5) << 16);
  return { flags, more: (flags & MYSQL) === 0 ? greeting.readUInt32LE(at + 14) : 0 };
}
