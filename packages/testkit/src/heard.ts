import type { Page } from 'playwright-core';

/** A node of the tree that Chromium gives to a screen reader. */
interface Node {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[];
  readonly childIds?: readonly string[];
}

/** What is worked with has to be told by its name. */
const CONTROLS = new Set(
  'button checkbox combobox Date DateTime link listbox menuitem option radio searchbox slider spinbutton switch tab textbox DisclosureTriangle'.split(
    ' ',
  ),
);
/** What may take the focus without being worked with, as long as it has a name. */
const READ = new Set(['figure', 'group', 'image', 'log', 'region']);

/**
 * What somebody would miss who hears a page and does not see it: by the tree that Chromium gives to screen readers, and
 * by the rules of axe. Empty where nothing is missing.
 */
export async function faultsOfHearing(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = (await devtools.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
  await devtools.detach();
  return [...faultsOfTree(nodes), ...(await faultsByAxe(page))];
}

function faultsOfTree(nodes: readonly Node[]): string[] {
  const told = nodes.filter(({ ignored }) => !ignored);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const roleOf = ({ role }: Node) => role?.value ?? '';
  const nameOf = ({ name }: Node) => (name?.value ?? '').trim();
  const are = (role: string) => told.filter((node) => roleOf(node) === role);
  const below = (node: Node): Node[] =>
    (node.childIds ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? [child, ...below(child)] : [];
    });

  const faults: string[] = [];
  for (const node of told) {
    const role = roleOf(node);
    const isFocusable = node.properties?.some(
      ({ name, value }) => name === 'focusable' && value.value === true,
    );
    if (CONTROLS.has(role)) {
      if (nameOf(node) === '') faults.push(`a ${role} has no name`);
    } else if (isFocusable && !['RootWebArea', 'main', 'iframe', 'Iframe'].includes(role)) {
      if (!READ.has(role)) faults.push(`what takes the focus is a mere ${role}`);
      else if (nameOf(node) === '') faults.push(`a ${role} takes the focus and has no name`);
    }
  }

  const levels = are('heading').map(
    ({ properties }) => properties?.find(({ name }) => name === 'level')?.value.value as number,
  );
  if (levels.filter((level) => level === 1).length !== 1) faults.push('not one main heading');
  levels.forEach((level, n) => {
    if (level > (levels[n - 1] ?? 0) + 1)
      faults.push(
        `a heading of level ${level} after one of ${levels[n - 1] ?? 0}: ${nameOf(are('heading')[n]!)}`,
      );
  });

  if (are('main').length !== 1) faults.push('not one main landmark');
  const navigations = are('navigation').map(nameOf);
  if (navigations.some((name, n) => name === '' || navigations.indexOf(name) !== n))
    faults.push(`navigations that cannot be told apart: ${navigations.join(', ')}`);

  for (const table of are('table')) {
    const heads = below(table).filter((node) => ['columnheader', 'rowheader'].includes(roleOf(node)));
    if (nameOf(table) === '') faults.push('a table has no caption');
    if (heads.length === 0) faults.push(`the table “${nameOf(table)}” has no heads`);
    for (const head of heads) if (nameOf(head) === '') faults.push(`a head of “${nameOf(table)}” is empty`);
  }
  return faults;
}

async function faultsByAxe(page: Page): Promise<string[]> {
  const { default: axe } = await import('axe-core'); // few tests need it, and it is large
  await page.evaluate(axe.source);
  return (await page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, help, nodes }) => id + ': ' + help + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' ')))`)) as string[];
}
