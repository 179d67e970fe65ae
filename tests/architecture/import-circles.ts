/**
 * The circles among modules: every group of them of which each reaches each other one by its imports.
 * @param imports what each module imports, by its name
 */
export function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan's algorithm: `low` is the earliest module that one reaches.
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const visit = (module: string): number => {
    order.set(module, order.size);
    low.set(module, order.size - 1);
    open.push(module);
    for (const next of imports.get(module) ?? []) {
      if (!order.has(next)) low.set(module, Math.min(low.get(module)!, visit(next)));
      else if (open.includes(next)) low.set(module, Math.min(low.get(module)!, order.get(next)!));
    }
    if (low.get(module) === order.get(module)) {
      const group = open.splice(open.indexOf(module));
      if (group.length > 1 || imports.get(module)?.includes(module)) found.push(group.sort());
    }
    return low.get(module)!;
  };
  for (const module of imports.keys()) if (!order.has(module)) visit(module);
  return found;
}
