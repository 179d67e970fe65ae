/** A moment as logs have it, to be compared with these: `2026-12-01 09:30:00 UTC`; null for none. */
export function inLogs(at: string | null): string | null {
  return at && `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
