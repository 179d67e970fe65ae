import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
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
  ['running-a-node', 'guide/running-a-node.md'],
  ['running-for-a-team', 'guide/running-for-a-team.md'],
];

export async function loadGuide(): Promise<GuidePage[]> {
  const pages = await Promise.all(
    files.map(([name, file]) => loadPage(name, fileURLToPath(new URL(file, docs)))),
  );
  return pages.filter((page) => page !== null);
}

async function loadPage(name: string, path: string): Promise<GuidePage | null> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  const source = await readFile(path, 'utf8');
  const title = /^#\s+(.+)$/m.exec(source)?.[1] ?? name;
  return { name, title: title.replaceAll('`', ''), html: renderMarkdown(source) };
}
