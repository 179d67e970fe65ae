import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Heading, renderMarkdown } from './markdown.ts';

/** A page of the user guide, rendered once when the server starts. */
export interface GuidePage {
  name: string;
  title: string;
  /** As it is written, in Markdown. */
  source: string;
  html: string;
  /** Its sections, for the menu. */
  sections: Heading[];
}

const docs = new URL('../../../../docs/', import.meta.url);

/** What lies outside of guide/ and is for users all the same. */
const elsewhere = [
  'marteau-yml.md',
  'reading-a-report.md',
  'report.md',
  'cli.md',
  'operations.md',
  'security.md',
];

/** The order of the menu, by the names in the addresses; what is not named here comes behind, by the alphabet. */
const order = [
  'submit',
  'marteau-yml',
  'writing-a-test',
  'recipes',
  'websocket',
  'streams',
  'grpc',
  'other-kinds',
  'your-scripts',
  'reading-a-report',
  'cli',
  'chaos',
  'record-and-replay',
  'running-a-node',
  'continuous',
  'pipelines',
  'assistants',
  'running-for-a-team',
  'people',
  'consent',
  'operations',
  'security',
  'report',
];

/** What editors and people copy from: files that the pages link to. */
const published = {
  'marteau.schema.json': 'marteau.schema.json',
  'results.schema.json': 'results.schema.json',
  '.marteau.yml.example': '../.marteau.yml.example',
} as const;

/** Those that editors and other programs fetch by themselves: they have an address of their own, too. */
export const schemaFiles = ['marteau.schema.json', 'results.schema.json'] as const;

/** The text of a file that is published beside the guide; null for any other name. */
export async function publishedFile(name: string): Promise<string | null> {
  if (!Object.hasOwn(published, name)) return null;
  return readFile(new URL(published[name as keyof typeof published], docs), 'utf8');
}

/** The pictures of the pages, by name. */
export async function pictureNames(): Promise<Set<string>> {
  return new Set((await readdir(new URL('images/', docs))).filter((name) => name.endsWith('.png')));
}

/** @param name one of `pictureNames` */
export function picture(name: string): Promise<Buffer> {
  return readFile(new URL(`images/${name}`, docs));
}

/** Every page for users that docs/ has. */
export async function loadGuide(): Promise<GuidePage[]> {
  const [top, guides] = await Promise.all([readdir(docs), readdir(new URL('guide/', docs))]);
  const files = [
    ...elsewhere.filter((file) => top.includes(file)),
    ...guides.filter((file) => file.endsWith('.md')).map((file) => `guide/${file}`),
  ];
  const pages = await Promise.all(files.map((file) => loadPage(basename(file, '.md'), new URL(file, docs))));
  return pages.sort((a, b) => rank(a) - rank(b) || (a.title < b.title ? -1 : 1));
}

function rank({ name }: GuidePage): number {
  const place = order.indexOf(name);
  return place === -1 ? order.length : place;
}

async function loadPage(name: string, file: URL): Promise<GuidePage> {
  const source = await readFile(file, 'utf8');
  const title = /^#\s+(.+)$/m.exec(source)?.[1] ?? name;
  const { html, sections } = renderMarkdown(source);
  return { name, title: title.replaceAll('`', ''), source, html, sections };
}
