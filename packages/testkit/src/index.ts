export * from './app-process.ts';
export * from './browser.ts';
export * from './free-port.ts';
export * from './process-tree.ts';
export * from './smtp-server.ts';
export * from './target-server.ts';
export * from './temp-folder.ts';
export * from './wait-until.ts';
