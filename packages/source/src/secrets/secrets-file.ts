import { MarteauError, whyTooShort } from '@marteau/shared';
import { Type } from 'typebox';
import Value from 'typebox/value';
import { parse } from 'yaml';

/**
 * The server's secrets file, in YAML:
 *
 *     git:
 *       github.com: github_pat_…
 *       git.example.com: deploy:PASSWORD
 *     projects:
 *       https://github.com/you/project: {TOKEN: …}
 */
const SecretsFile = Type.Object(
  {
    git: Type.Optional(Type.Record(Type.String(), Type.String())),
    projects: Type.Optional(
      Type.Record(Type.String(), Type.Record(Type.String({ pattern: '^[A-Za-z_]\\w*$' }), Type.String())),
    ),
  },
  { additionalProperties: false },
);

export interface Secrets {
  /** By host, lower case, with the port where it is not the usual one: a token, or USER:PASSWORD. */
  git: ReadonlyMap<string, string>;
  /** By the project's address as written, then by name. */
  projects: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A server without a secrets file. */
export const noSecrets: Secrets = { git: new Map(), projects: new Map() };

/**
 * Reads the text of a secrets file.
 * @throws MarteauError secrets-wrong; its message names places and never a value
 */
export function parseSecrets(text: string): Secrets {
  const file = parseYaml(text) ?? {};
  if (!Value.Check(SecretsFile, file)) {
    const [first] = Value.Errors(SecretsFile, file);
    const where = (first?.instancePath ?? '').split('/').slice(1, 3).join(', ');
    throw new MarteauError('secrets-wrong', {
      detail: `${where || 'its first level'} is not as it should be`,
    });
  }
  const git = new Map(Object.entries(file.git ?? {}).map(([host, token]) => [host.toLowerCase(), token]));
  const projects = new Map(Object.entries(file.projects ?? {}));
  for (const [host, token] of git) {
    const [user, ...password] = token.split(':');
    requireLong(`the git token of ${host}`, password.length === 0 ? user! : password.join(':'));
  }
  for (const [project, values] of projects) {
    for (const [name, value] of Object.entries(values)) requireLong(`${name} of ${project}`, value);
  }
  return { git, projects };
}

/** @throws MarteauError secrets-wrong */
function requireLong(name: string, value: string): void {
  const detail = whyTooShort(name, value);
  if (detail !== null) throw new MarteauError('secrets-wrong', { detail });
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    // The message of a YAML error repeats the line, which holds a secret.
    const { linePos } = error as { linePos?: [{ line: number }] };
    const where = linePos ? ` at line ${linePos[0].line}` : '';
    throw new MarteauError('secrets-wrong', { detail: `it is not YAML${where}` });
  }
}
