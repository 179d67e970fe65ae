import type { ResolvedFile } from '@marteau/file';

type Asks = Pick<ResolvedFile, 'app' | 'nodes'>;

/** Whether the app gets a node of its own, which generates no load: the last one, beyond those that the file asks for. */
export function hasAppNode({ app, nodes }: Asks): boolean {
  return app !== null && nodes.count > 1;
}

/** How many nodes the run needs in all. */
export function demandOf(file: Asks): number {
  return file.nodes.count + (hasAppNode(file) ? 1 : 0);
}
