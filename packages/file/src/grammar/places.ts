import type { Grammar, GrammarMistake } from './grammar.ts';

/** A path inside the repository, not yet joined with wdir. */
function explainPath(written: string): GrammarMistake | null {
  if (/[\0-\x1f]/.test(written)) return { what: 'holds a control character', fix: 'write a plain path' };
  if (written.includes('\\')) return { fix: `write it with slashes: ${written.replaceAll('\\', '/')}` };
  if (/^(\/|~|[a-z]:)/i.test(written)) {
    return {
      what: `is '${written}', outside of the repository`,
      fix: 'write a path relative to the repository',
    };
  }
  if (written.startsWith('-')) return { what: 'begins with a dash', fix: `write ./${written}` };
  return null;
}

const path: Grammar = {
  wanted: 'a path in the repository',
  fix: 'write a relative path with slashes',
  explain: explainPath,
};

/** JavaScript, Python, a plan of JMeter, a simulation of Gatling, a test of Artillery. */
const SCRIPT = /\.([cm]?[jt]s|py|jmx|java|scala|kt|ya?ml)$/;

const scriptPath: Grammar = {
  wanted: 'a test file',
  fix: 'name a JavaScript or TypeScript file, as in loadtest/checkout.test.ts',
  pattern: SCRIPT,
  explain: (written) => explainPath(written) ?? (SCRIPT.test(written) ? null : {}),
};

const dataPath: Grammar = {
  wanted: 'a data file',
  fix: 'name a .csv or .json file, as in loadtest/users.csv',
  pattern: /\.([cC][sS][vV]|[jJ][sS][oO][nN])$/,
  explain: (written) => explainPath(written) ?? (/\.(csv|json)$/i.test(written) ? null : {}),
};

const csvPath: Grammar = {
  wanted: 'a CSV file',
  fix: 'name a .csv file, as in loadtest/yesterday.csv',
  pattern: /\.[cC][sS][vV]$/,
  explain: (written) => explainPath(written) ?? (/\.csv$/i.test(written) ? null : {}),
};

const tapePath: Grammar = {
  wanted: 'a recording',
  fix: 'name a .rec or .har file, as in tapes/payments.rec',
  pattern: /\.(rec|har)$/,
  explain: (written) => explainPath(written) ?? (/\.(rec|har)$/.test(written) ? null : {}),
};

function explainUrl(written: string): GrammarMistake | null {
  // First of all, so that no other message repeats them; a parser skips slashes and finds some that the eye does not.
  const parsed = URL.parse(written);
  if (/^[^/]*\/\/[^/?#]*@/.test(written) || parsed?.username || parsed?.password) {
    return {
      what: 'holds a user name or a password',
      fix: `take them out; secrets belong into env as \${secrets.NAME}`,
    };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) {
    const host = /^[a-z0-9.[\]:-]+(\/\S*)?$/i.test(written);
    return host ? { fix: `write it with its scheme: https://${written}` } : {};
  }
  if (parsed === null) return {};
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return {
      fix: 'write an address that begins with https:// or http://',
    };
  }
  return null;
}

const url: Grammar = {
  wanted: 'a URL',
  fix: 'write one such as https://staging.example.com',
  pattern: /^[hH][tT][tT][pP][sS]?:\/\//,
  explain: explainUrl,
};

const target: Grammar = {
  wanted: 'a URL',
  fix: 'write one such as https://staging.example.com',
  pattern: /^([hH][tT][tT][pP][sS]?:\/\/|none$)/,
  explain: (written) => (written === 'none' ? null : explainUrl(written)),
};

const pathOrUrl: Grammar = {
  wanted: 'a path or a URL',
  fix: 'write a path such as /health, or a whole URL',
  pattern: /^(\/|[hH][tT][tT][pP][sS]?:\/\/)/,
  explain(written) {
    if (/^\/\S*$/.test(written)) return null;
    const bare = /^[a-z0-9_-][^\s:]*$/i.test(written) && !written.includes('.');
    return bare ? { fix: `write it with its slash: /${written}` } : explainUrl(written);
  },
};

const hostPort: Grammar = {
  wanted: 'an address',
  fix: 'write host:port as in 127.0.0.1:6379, or unix:/path/to/socket',
  explain(written) {
    if (/^unix:\/\S+$/.test(written)) return null;
    const [, port] = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(written) ?? [];
    return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535 ? null : {};
  },
};

const destination: Grammar = {
  wanted: 'a host with its port',
  fix: 'write host:port as in api.partner.example:443 or 127.0.0.1:5432',
  explain(written) {
    if (/^https?:\/\//i.test(written) && URL.canParse(written)) {
      const { hostname, port, protocol } = new URL(written);
      return { fix: `write its host and port: ${hostname}:${port || (protocol === 'https:' ? 443 : 80)}` };
    }
    return written.startsWith('unix:') ? {} : hostPort.explain!(written);
  },
};

export const places = {
  path,
  scriptPath,
  dataPath,
  csvPath,
  tapePath,
  url,
  target,
  pathOrUrl,
  hostPort,
  destination,
};
