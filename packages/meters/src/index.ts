export { type Gauge, Meters } from './meters.ts';
export { meterProcess } from './process.ts';
