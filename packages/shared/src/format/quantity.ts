const perSecond: Record<string, number> = { s: 1, min: 60, m: 60, h: 3600 };
const byteSizes: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Per second, of '50/s', '0.5/s', '300/min', '10/h'. Null for anything else. */
export function parseRate(written: string): number | null {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min|m|h)$/.exec(written.trim()) ?? [];
  return finite(count, 1 / (perSecond[unit ?? ''] ?? Number.NaN));
}

/** Bytes, of '500B', '5MB', '1.5 MiB'. Null for anything else. */
export function parseBytes(written: string): number | null {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([kKMG]i?B|B)$/.exec(written.trim()) ?? [];
  return finite(count, byteSizes[unit ?? ''] ?? Number.NaN);
}

/** A ratio (0 … 1), of '0%' to '100%'. Null for anything else. */
export function parsePercent(written: string): number | null {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim()) ?? [];
  // 15.44 / 100 is 0.15439999999999998 to a machine.
  const ratio = percent === undefined ? Number.NaN : Number((Number(percent) / 100).toPrecision(15));
  return ratio <= 1 ? ratio : null;
}

function finite(count: string | undefined, factor: number): number | null {
  const value = Number(count ?? Number.NaN) * factor;
  return Number.isFinite(value) ? value : null;
}
