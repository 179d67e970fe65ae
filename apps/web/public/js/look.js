/** What a look at a repository showed, as elements: templates/partials/look.njk does the same without a script. */

/**
 * @typedef {{ line: number | null, column: number | null, path: string, what: string, fix: string }} Mistake
 * @typedef {{ commit: string, found: boolean, problems: Mistake[], summary: string | null, name: string, target: string, thresholds: string[], email: string[] }} Look
 */

/** @param {HTMLElement} panel @param {Look} look */
export function showLook(panel, look) {
  if (!look.found) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('how-to-begin'));
    panel.replaceChildren(template.content.cloneNode(true));
  } else if (look.problems.length > 0) {
    const count = look.problems.length;
    panel.replaceChildren(
      make('h2', 'fail', `${count} ${count === 1 ? 'mistake' : 'mistakes'} in .marteau.yml`),
      make('ol', 'mistakes', ...look.problems.map(mistake)),
    );
  } else {
    panel.replaceChildren(
      make('h2', '', `${look.name} `, make('span', 'sha', look.commit.slice(0, 8))),
      make('p', 'amounts', look.summary ?? ''),
      facts([
        ['Target', look.target],
        ['Thresholds', look.thresholds.join(', ')],
        ['Mails', look.email.join(', ')],
      ]),
    );
  }
}

/** @param {HTMLElement} panel @param {{ title: string, detail: string }} problem */
export function showProblem(panel, { title, detail }) {
  panel.replaceChildren(make('div', 'note bad', make('h2', '', title), make('p', '', detail)));
}

/** @param {Mistake} problem */
function mistake({ line, column, path, what, fix }) {
  const at = line === null ? path || 'form' : `${line}:${column ?? 1}`;
  const text = make('span', '', make('b', '', what), document.createElement('br'), make('span', 'soft', fix));
  return make('li', '', make('span', 'at', at), text);
}

/** @param {[name: string, value: string][]} pairs */
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== '');
  return make(
    'dl',
    'pair',
    ...shown.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]),
  );
}

/**
 * @param {string} name
 * @param {string} style
 * @param {...(string | Node)} content text is added as text
 */
function make(name, style, ...content) {
  const element = document.createElement(name);
  if (style) element.className = style;
  element.append(...content);
  return element;
}
