import type { OwnThreshold } from '../tool.ts';

/** Thresholds of a `--summary-export`: there `true` means that one was crossed. */
export function thresholdsIn(summary: string): OwnThreshold[] {
  const { metrics } = JSON.parse(summary) as {
    metrics?: Readonly<Record<string, { readonly thresholds?: Readonly<Record<string, boolean>> }>>;
  };
  return Object.entries(metrics ?? {}).flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([bound, isCrossed]) => ({
      text: `${metric}: ${bound}`,
      held: isCrossed === false,
    })),
  );
}
