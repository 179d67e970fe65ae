import type { RunRequest } from '@marteau/shared';

/** The overrides that the form offers, in the order of the page. All are fields of `.marteau.yml`. */
export const overrideFields = [
  { name: 'test', label: 'Test', hint: 'one test of the script' },
  { name: 'script', label: 'Script', hint: 'the test file' },
  { name: 'target', label: 'Target', hint: 'the address under load' },
  { name: 'cycles', label: 'Cycles', hint: 'users, one cycle each: 10:20:30' },
  { name: 'duration', label: 'Duration of a cycle', hint: '30s, 2m, or seconds' },
  { name: 'nodes', label: 'Nodes', hint: 'how many generate load' },
] as const;

/** What was typed, as it is shown again. */
export interface RunForm {
  repo: string;
  ref: string;
  email: string;
  /** The name of who asks. */
  by: string;
  profile: string;
  /** When it is to begin, as typed; '' for at once. */
  at: string;
  /** By the name of the field; '' where the file shall say. */
  overrides: Record<string, string>;
  /** "Try once" was pressed. */
  once: boolean;
}

type Body = Record<string, unknown>;

/** Reads what a browser sent. A field that still holds what the file says is no override: `was_NAME` holds that. */
export function readRunForm(body: Body | undefined | null): RunForm {
  const text = (name: string) => (typeof body?.[name] === 'string' ? body[name].trim() : '');
  return {
    repo: text('repo'),
    ref: text('ref'),
    email: text('email'),
    by: text('by'),
    profile: text('profile'),
    at: text('at'),
    once: text('once') !== '',
    overrides: Object.fromEntries(
      overrideFields.map(({ name }) => [name, text(name) === text(`was_${name}`) ? '' : text(name)]),
    ),
  };
}

/** The request that a form makes. Empty fields are left out: they never override the file. */
export function runRequest(form: RunForm): RunRequest {
  const overrides = Object.entries(form.overrides).filter(([, value]) => value !== '');
  return {
    repo: form.repo,
    ...(form.ref && { ref: form.ref }),
    ...(form.email && { email: form.email }),
    ...(form.by && { by: form.by }),
    ...(form.profile && { profile: form.profile }),
    ...(form.at && { at: form.at }),
    ...(form.once && { once: true }),
    ...(overrides.length > 0 && {
      overrides: Object.fromEntries(overrides.map(([name, value]) => [name, override(name, value)])),
    }),
  };
}

/** `nodes` is a number in the file; what is none is handed on as it is, for the file's own check to name. */
function override(name: string, value: string): unknown {
  return name === 'nodes' && /^\d{1,6}$/.test(value) ? Number(value) : value;
}
