// What a look at a repository showed, as elements: templates/partials/look.njk does the same without a script.

interface Mistake {
  line: number | null;
  column: number | null;
  path: string;
  what: string;
  fix: string;
}

export interface Look {
  commit: string;
  found: boolean;
  problems: Mistake[];
  summary: string | null;
  name: string;
  target: string;
  consent: { why: string }[];
  thresholds: string[];
  email: string[];
  /** What the file says of the form's fields, as they are typed. */
  fields: Record<string, string>;
  profiles: string[];
  branches: string[];
  scripts: string[];
  tests: string[];
}

/** Instead of what the panel says of no repository, which would be wrong by now. */
export function showLooking(panel: HTMLElement, repo: string) {
  if (!panel.querySelector('[data-empty]')) return;
  panel.replaceChildren(make('p', 'soft', `Looking at ${repo} …`));
}

export function showLook(panel: HTMLElement, look: Look) {
  if (!look.found) {
    const template = document.querySelector<HTMLTemplateElement>('#how-to-begin')!;
    panel.replaceChildren(template.content.cloneNode(true));
  } else if (look.problems.length > 0) {
    const count = look.problems.length;
    const where = look.problems.every(({ line }) => line !== null) ? ' in .marteau.yml' : '';
    panel.replaceChildren(
      make('h2', 'fail', `${count} ${count === 1 ? 'mistake' : 'mistakes'}${where}`),
      make('ol', 'mistakes', ...look.problems.map(mistake)),
    );
  } else {
    panel.replaceChildren(
      make('h2', '', `${look.name} `, make('span', 'sha', look.commit.slice(0, 8))),
      make('p', 'amounts', look.summary ?? ''),
      facts([
        ['Target', look.target],
        ['Consent', look.consent.map(({ why }) => why).join(' ')],
        ['Thresholds', look.thresholds.join(', ')],
        ['Mails', look.email.join(', ')],
      ]),
    );
  }
}

export function showProblem(panel: HTMLElement, { title, detail }: { title: string; detail: string }) {
  panel.replaceChildren(make('div', 'note bad', make('h2', '', title), make('p', '', detail)));
}

function mistake({ line, column, path, what, fix }: Mistake) {
  const at = line === null ? path || 'form' : `${line}:${column ?? 1}`;
  const text = make('span', '', make('b', '', what), document.createElement('br'), make('span', 'soft', fix));
  return make('li', '', make('span', 'at', at), text);
}

function facts(pairs: [name: string, value: string][]) {
  const shown = pairs.filter(([, value]) => value !== '');
  return make(
    'dl',
    'pair',
    ...shown.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]),
  );
}

/** @param content text is added as text */
function make(name: string, style: string, ...content: (string | Node)[]) {
  const element = document.createElement(name);
  if (style) element.className = style;
  element.append(...content);
  return element;
}
