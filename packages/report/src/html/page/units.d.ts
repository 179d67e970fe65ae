export function latency(us: number | null): string;
export function shortLatency(us: number): string;
export function percent(ratio: number | null): string;
export function bytes(size: number | null): string;
export function count(value: number | null): string;
export function perSecond(value: number | null): string;
export function shortCount(value: number): string;
export function moment(ms: number): string;
