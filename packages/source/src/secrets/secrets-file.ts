import { MarteauError, whyTooShort } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import { parse } from 'yaml';

const GitEntry = Type.Union([
  Type.String(),
  Type.Object(
    { token: Type.String(), share: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
]);
/** A branch or tag by its name, with at most one `*`: no `refs/pull/…`, which anybody may make. */
const RefPattern = Type.String({
  pattern: '^(?!refs/)[^\\s*~^:?[\\\\]*\\*?[^\\s*~^:?[\\\\]*$',
  minLength: 1,
});
const ProjectEntry = Type.Record(
  Type.String({ pattern: '^[A-Za-z_]\\w*$' }),
  Type.Union([Type.String(), Type.Array(RefPattern, { minItems: 1, maxItems: 50 })]),
);

const Address = Type.String({ pattern: '^https?://' });
const ChannelEntry = Type.Union([
  Address,
  Type.Object(
    { url: Address, kind: Type.Optional(Type.String()), secret: Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
]);

/**
 * The server's secrets file, in YAML:
 *
 *     git:
 *       github.com: github_pat_…
 *       git.example.com: {token: deploy:PASSWORD, share: true}
 *     projects:
 *       https://github.com/you/project: {TOKEN: …, refs: [main, release/*]}
 *     channels:
 *       perf: https://hooks.slack.com/services/…
 *       ops: {url: https://ops.example.com/marteau, kind: webhook, secret: whsec_…}
 */
const SecretsFile = Type.Object(
  {
    git: Type.Optional(Type.Record(Type.String(), GitEntry)),
    projects: Type.Optional(Type.Record(Type.String(), ProjectEntry)),
    channels: Type.Optional(Type.Record(Type.String(), ChannelEntry)),
  },
  { additionalProperties: false },
);

/** What the server may read at a git host. */
export interface GitAccess {
  /** A token, or USER:PASSWORD. */
  readonly token: string;
  /** Whether all that it reads may be seen by whoever submits: what decides what is run may be overridden. */
  readonly share: boolean;
}

export interface ProjectSecrets {
  readonly values: Readonly<Record<string, string>>;
  /** Branches and tags whose commits get them; null for the default branch and all tags. */
  readonly refs: readonly string[] | null;
}

export interface Secrets {
  /** By host, lower case, with the port where it is not the usual one. */
  git: ReadonlyMap<string, GitAccess>;
  /** By the project's address as written. */
  projects: ReadonlyMap<string, ProjectSecrets>;
  /** Where people are told of runs, by the names that files use. */
  channels: ReadonlyMap<string, ChannelSecrets>;
}

export interface ChannelSecrets {
  readonly url: string;
  /** What service it is of; absent where its host tells. */
  readonly kind?: string;
  /** What a webhook signs with. */
  readonly secret?: string;
}

/** A server without a secrets file. */
export const noSecrets: Secrets = { git: new Map(), projects: new Map(), channels: new Map() };

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
  const git = new Map(
    Object.entries(file.git ?? {}).map(([host, given]) => {
      const { token, share = false } = typeof given === 'string' ? { token: given } : given;
      return [host.toLowerCase(), { token, share }];
    }),
  );
  const projects = new Map(
    Object.entries(file.projects ?? {}).map(([project, given]) => [project, projectOf(project, given)]),
  );
  for (const [host, { token }] of git) {
    const [user, ...password] = token.split(':');
    requireLong(`the git token of ${host}`, password.length === 0 ? user! : password.join(':'));
  }
  for (const [project, { values }] of projects) {
    for (const [name, value] of Object.entries(values)) requireLong(`${name} of ${project}`, value);
  }
  const channels = new Map(
    Object.entries(file.channels ?? {}).map(([name, given]) => [
      name,
      typeof given === 'string' ? { url: given } : given,
    ]),
  );
  return { git, projects, channels };
}

/** `refs` is a list; everything else is a secret, one of that name too. @throws MarteauError secrets-wrong */
function projectOf(project: string, given: Static<typeof ProjectEntry>): ProjectSecrets {
  const values: Record<string, string> = {};
  let refs: readonly string[] | null = null;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'string') values[name] = value;
    else if (name === 'refs') refs = value;
    else throw new MarteauError('secrets-wrong', { detail: `${name} of ${project} is a list and no text` });
  }
  return { values, refs };
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
