import type { EffectiveFile } from '@marteau/shared';

/** Whether the app gets a node of its own, which generates no load: the last one, beyond those that the file asks for. */
export function hasAppNode({ app, nodes }: Pick<EffectiveFile, 'app' | 'nodes'>): boolean {
  return app !== null && nodes.count > 1;
}
