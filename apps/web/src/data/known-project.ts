import { MarteauError } from '@marteau/shared';
import type { Project, Store } from '@marteau/store';

/** The project of an id from an address. @throws 'not-found', 'record-damaged', 'newer-data' */
export async function knownProject(store: Store, id: string): Promise<Project> {
  const project = await store.projects.get(id);
  if (project === null) throw new MarteauError('not-found', { what: `project ${id.slice(0, 40)}` });
  return project;
}
