export * from './free-port.ts';
export * from './process-tree.ts';
export * from './target-server.ts';
export * from './temp-folder.ts';
export * from './wait-until.ts';
