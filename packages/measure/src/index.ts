export { mostStored, zlibStored } from './histogram/zlib-stored.ts';
export * from './schema/chaos-record.ts';
export * from './schema/custom-metric.ts';
export * from './schema/distribution.ts';
export * from './schema/hosts.ts';
export * from './schema/measurements.ts';
export * from './schema/peer.ts';
export * from './schema/recording-record.ts';
export * from './threshold/index.ts';
