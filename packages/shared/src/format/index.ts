// Numbers for people, on the server and in browsers, which read these modules too: nothing of Node is imported here.
export { axisCount, axisLatency, formatClock, formatMoment } from './axis.ts';
export { formatDuration, formatRelativeTime, parseDuration, spellDuration } from './duration.ts';
export { formatLatency } from './latency.ts';
export { formatBytes, formatChange, formatCount, formatPercent, formatRate } from './numbers.ts';
export { capitalized, countOf } from './sentence.ts';
