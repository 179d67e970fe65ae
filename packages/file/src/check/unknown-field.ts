import { nearest } from '@marteau/shared';

const LISTED = 15;

/** The field that somebody meant who wrote a name that is none; null when nobody can tell. */
export function meantField(name: string, fields: readonly string[]): string | null {
  // Profiles do not nest, and proxies would be a wrong guess.
  if (name === 'profiles' || name === 'when') return null;
  const synonym = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
  return synonym?.find((field) => fields.includes(field)) ?? nearest(name, fields);
}

/** What to do about a name that is no field. */
export function fieldRemedy(meant: string | null, fields: readonly string[], name = ''): string {
  if (name.startsWith('x-')) return 'there is no field for anchors: put &NAME where the value is used first';
  if (meant !== null) return `did you mean '${meant}'?`;
  if (fields.length > LISTED) return 'remove it; the guide to .marteau.yml lists all fields';
  return `fields here are ${fields.join(', ')}`;
}

/** What other tools call our fields. Tried only where no field has a name close to what was written. */
const synonyms: Record<string, readonly string[]> = {
  arrivalRate: ['rate'],
  on: ['when'],
  triggers: ['when'],
  pull_request: ['pull'],
  timezone: ['zone'],
  behaviour: ['behavior'],
  behaviours: ['behaviors'],
  cmd: ['command'],
  concurrency: ['users', 'cycles'],
  cwd: ['wdir'],
  dependencies: ['deps'],
  duration: ['for'],
  environment: ['env'],
  host: ['target', 'upstream'],
  packages: ['deps'],
  rampUp: ['ramp'],
  run: ['command', 'script'],
  scenarios: ['load'],
  stages: ['load'],
  start: ['command'],
  steps: ['load'],
  url: ['target', 'upstream', 'server'],
  variables: ['env'],
  vus: ['users', 'cycles'],
  workers: ['nodes'],
  workdir: ['wdir'],
};
