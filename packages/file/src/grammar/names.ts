import { asciiMailAddress, mailAddressPattern } from '@marteau/shared';
import { type Grammar, plainGrammar } from './grammar.ts';

const text: Grammar = {
  wanted: 'text',
  fix: 'write plain text, in quotes if it looks like a number',
  explain: (written) => (written.trim() !== '' && !/[\0-\x08\x0b-\x1f\x7f]/.test(written) ? null : {}),
};

const name = plainGrammar(
  'a name',
  'write letters, digits, - and _, and begin with a letter, as in redis or api-2',
  /^[A-Za-z][\w-]{0,63}$/,
);

const envName: Grammar = {
  wanted: 'the name of a variable',
  fix: 'write letters, digits and _, as in API_TOKEN',
  pattern: /^[A-Za-z_]\w*$/,
  explain(written) {
    if (!/^[A-Za-z_]\w*$/.test(written)) return {};
    if (!/^marteau_/i.test(written)) return null;
    return {
      what: 'is one of Marteau’s own names',
      fix: 'choose a name that does not begin with MARTEAU_',
    };
  },
};

/** `${secrets.NAME}` as it must be written; what comes close to it is a mistake and not text. */
const SECRET = /\$\{secrets\.[A-Za-z_]\w*\}/g;
const ALMOST_SECRET = /\$?\{{1,2}\s*secrets?\b[^}]*\}{0,2}/i;

const envValue: Grammar = {
  wanted: 'text',
  fix: 'write text, a number, true or false',
  explain(written) {
    if (written.includes('\0')) return { what: 'holds a zero byte', fix: 'take it out' };
    const rest = written.replace(SECRET, (found) => ' '.repeat(found.length));
    const almost = ALMOST_SECRET.exec(rest);
    if (!almost) return null;
    return {
      what: `holds '${almost[0].slice(0, 40)}', which is not how a secret is named`,
      fix: `write it as \${secrets.NAME}, with letters, digits and _`,
      offset: almost.index,
    };
  },
};

const email: Grammar = {
  wanted: 'an e-mail address',
  fix: 'write one address such as team@example.com; several go into a list: [a@example.com, b@example.com]',
  pattern: /^[^\s@,;<>]{1,64}@[^\s@,;<>]+\.[^\s@,;<>]+$/,
  explain: (written) => (mailAddressPattern.test(asciiMailAddress(written)) ? null : {}),
};

const PACKAGE_SPEC = /^(@[\w.~-]+\/)?[\w.~][\w.~-]*(@[\w.~^<>=*+|\s-]+)?$/;

const dependency: Grammar = {
  wanted: 'an npm package',
  fix: 'write NAME or NAME@VERSION, as in jose@5.9.6',
  pattern: PACKAGE_SPEC,
  explain(written) {
    if (/[:/]{2}|^git|^file:|^\.{0,2}\//.test(written)) {
      return {
        what: `is '${written}', not a package of the registry`,
        fix: 'name it as the registry does, or put it into the package.json beside the script',
      };
    }
    return PACKAGE_SPEC.test(written) ? null : {};
  },
};

const label = plainGrammar(
  'a label',
  'write a method and a path, as in GET /product/:slug',
  /^([A-Z]+ )?\/\S*$/,
);

const headerName = plainGrammar(
  'the name of a header',
  'write it as in X-Api-Version',
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
);

export const names = { text, name, envName, envValue, email, dependency, label, headerName };
