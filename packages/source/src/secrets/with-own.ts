import { parseAddress } from '../address/parse-address.ts';
import type { Secrets } from './secrets-file.ts';

/**
 * The secrets of the server with those that a project's owners have set: they are its own alone, and come before what the
 * file says of it. Its git token is for its own host.
 * @param project normalised URL
 */
export function withOwnSecrets(
  secrets: Secrets,
  project: string,
  own: { values: Readonly<Record<string, string>>; git: string | null },
): Secrets {
  const isSet = Object.keys(own.values).length > 0;
  if (!isSet && own.git === null) return secrets;
  const git = new Map(secrets.git);
  if (own.git !== null) {
    const { host, port } = parseAddress(project);
    git.set(`${host}:${port}`, { token: own.git, share: false });
  }
  const projects = new Map(secrets.projects);
  if (isSet) {
    const inFile = projects.get(project);
    // The last entry of a project holds, in whatever way its address is written.
    projects.delete(project);
    projects.set(project, { values: { ...inFile?.values, ...own.values }, refs: inFile?.refs ?? null });
  }
  return { ...secrets, git, projects };
}
