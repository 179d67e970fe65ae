export * from './capacity.ts';
export * from './judgement.ts';
export * from './read-results.ts';
export * from './results.ts';
export * from './run-facts.ts';
export * from './series.ts';
export * from './statistics.ts';
