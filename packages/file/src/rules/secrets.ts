import type { Path } from '../check/path.ts';
import type { Report, Rule } from './rule.ts';

/** Secrets are filled in under env only, so that there is one place to mask. */
export const secretsInEnv: Rule = {
  reads: [],
  check(file, report) {
    for (const [name, field] of Object.entries(file)) {
      if (name !== 'env' && name !== 'profiles') walk(field, [name], report);
    }
  },
};

function walk(value: unknown, path: Path, report: Report): void {
  if (typeof value === 'string' && /\$\{\s*secrets?\./.test(value)) {
    report(
      path,
      'a secret stands outside of env',
      `name it under env, as in TOKEN: "\${secrets.TOKEN}", and use $TOKEN`,
    );
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      walk(item, [...path, Array.isArray(value) ? Number(key) : key], report);
    }
  }
}
