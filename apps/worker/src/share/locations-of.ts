import { locationOf, type ResolvedFile } from '@marteau/file';
import { mergeMeasurements, type ReportInput } from '@marteau/report';
import type { LoadShareFile } from './share-file.ts';

type LostNode = NonNullable<ReportInput['lost']>[number] & { readonly share: number };

/** What the nodes of each location of the file measured together; empty where it names none. */
export function locationsOf(
  { nodes }: Pick<ResolvedFile, 'nodes'>,
  shares: readonly LoadShareFile[],
  lost: readonly LostNode[],
): NonNullable<ReportInput['locations']> {
  const { locations = [] } = nodes;
  return locations.map((location) => {
    const isHere = (share: number) => locationOf(nodes, share)?.name === location.name;
    const own = shares.map(({ measurements }) => measurements).filter(({ share }) => isHere(share.index));
    // As if these had been all that there are.
    const alone = own.map((each) => ({ ...each, share: { ...each.share, of: location.count } }));
    return {
      name: location.name,
      labels: location.labels,
      measurements: alone.length > 0 ? mergeMeasurements(alone) : null,
      lost: lost.filter(({ share, app }) => !app && isHere(share)),
    };
  });
}
