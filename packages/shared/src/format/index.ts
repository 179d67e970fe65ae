export { formatDuration, parseDuration, spellDuration } from './duration.ts';
export { formatLatency } from './latency.ts';
export { nearest } from './nearest.ts';
export { formatBytes, formatChange, formatCount, formatPercent, formatRate } from './numbers.ts';
export { parseBytes, parsePercent, parseRate } from './quantity.ts';
export { formatRelativeTime } from './relative-time.ts';
