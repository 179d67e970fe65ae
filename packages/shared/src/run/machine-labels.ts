/**
 * Labels that a worker gives itself by what its machine is, beside those that its operator gives it. Who starts nodes
 * tells sets of them apart by the operator's alone.
 */

const TOOL = 'has-';

/** The label of nodes that have a tool. */
export const toolLabel = (name: string): string => `${TOOL}${name}`;

/** The label of nodes that hold scripts as strongly as their machine can. */
export const CONTAINED = 'contained';

/** Labels, apart: those that an operator gives, and the tools that others name. */
export function partLabels(labels: Readonly<Record<string, string>>): {
  given: Record<string, string>;
  tools: string[];
} {
  const names = Object.keys(labels).sort();
  return {
    given: Object.fromEntries(
      names.filter((name) => !isOfMachine(name)).map((name) => [name, labels[name]!]),
    ),
    tools: names.filter((name) => name.startsWith(TOOL)).map((name) => name.slice(TOOL.length)),
  };
}

function isOfMachine(label: string): boolean {
  return label === CONTAINED || label.startsWith(TOOL);
}
