import { MarteauError, runIdPattern } from '@marteau/shared';

const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const maxDepth = 3;

/** The parts of a stored file's name. @throws 'bad-file-name' */
export function nameParts(name: string): string[] {
  const parts = name.split('/');
  if (parts.length > maxDepth || !parts.every((piece) => part.test(piece)))
    throw new MarteauError('bad-file-name', { name: name.slice(0, 200) });
  return parts;
}

/** @throws 'bad-file-name' for what is no run's id */
export function checkRunId(id: string): string {
  if (!runIdPattern.test(id)) throw new MarteauError('bad-file-name', { name: id.slice(0, 200) });
  return id;
}
