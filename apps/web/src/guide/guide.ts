import { readFile } from 'node:fs/promises';
import { renderMarkdown } from './markdown.ts';

/** A page of the user guide, rendered once when the server starts. */
export interface GuidePage {
  name: string;
  title: string;
  html: string;
}

const docs = new URL('../../../../docs/', import.meta.url);

/** What /docs serves, in the order of its menu: the name in the address, and the file. */
const files: readonly (readonly [name: string, file: string])[] = [
  ['submit', 'guide/submit.md'],
  ['marteau-yml', 'marteau-yml.md'],
  ['writing-a-test', 'guide/writing-a-test.md'],
  ['reading-a-report', 'reading-a-report.md'],
  ['chaos', 'guide/chaos.md'],
  ['running-a-node', 'guide/running-a-node.md'],
  ['running-for-a-team', 'guide/running-for-a-team.md'],
];

/** What editors and people copy from: files that the pages link to. */
const published = {
  'marteau.schema.json': 'marteau.schema.json',
  'results.schema.json': 'results.schema.json',
  '.marteau.yml.example': '../.marteau.yml.example',
} as const;

/** The text of a file that is published beside the guide; null for any other name. */
export async function publishedFile(name: string): Promise<string | null> {
  if (!Object.hasOwn(published, name)) return null;
  return readFile(new URL(published[name as keyof typeof published], docs), 'utf8');
}

export async function loadGuide(): Promise<GuidePage[]> {
  return Promise.all(files.map(([name, file]) => loadPage(name, new URL(file, docs))));
}

async function loadPage(name: string, file: URL): Promise<GuidePage> {
  const source = await readFile(file, 'utf8');
  const title = /^#\s+(.+)$/m.exec(source)?.[1] ?? name;
  return { name, title: title.replaceAll('`', ''), html: renderMarkdown(source) };
}
