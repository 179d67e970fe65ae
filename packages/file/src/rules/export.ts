import { nearest } from '@marteau/shared';
import type { Rule } from './rule.ts';

const VARIABLE = /\$\{([^}]*)\}/g;

/** Headers of a receiver name variables of env: there, and nowhere else, stand secrets. */
export const knownVariables: Rule = {
  reads: ['export', 'env'],
  check({ export: receivers = {}, env = {} }, report) {
    for (const [kind, receiver] of Object.entries(receivers)) {
      if (typeof receiver !== 'object') continue;
      for (const [name, value] of Object.entries(receiver.headers ?? {}))
        for (const [, variable = ''] of value.matchAll(VARIABLE)) {
          if (Object.hasOwn(env, variable)) continue;
          const near = nearest(variable, Object.keys(env));
          report(
            ['export', kind, 'headers', name],
            `there is no variable '${variable}' in env`,
            near === null ? `add it, as in env: {TOKEN: "\${secrets.TOKEN}"}` : `did you mean '${near}'?`,
          );
        }
    }
  },
};
