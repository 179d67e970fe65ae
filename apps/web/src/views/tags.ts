import type { RunNotes } from '@marteau/store';

export interface TagView {
  name: string;
  /** The runs that have it. */
  href: string;
}

export function tagViews(notes: Pick<RunNotes, 'tags'> | null | undefined): TagView[] {
  return (notes?.tags ?? []).map((name) => ({ name, href: `/runs?${new URLSearchParams({ tag: name })}` }));
}
