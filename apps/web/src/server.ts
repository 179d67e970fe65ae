import { enableCompileCache } from 'node:module';

// Before anything else is imported: an import is compiled, or found compiled, when it is reached.
enableCompileCache();

await import('./server/serve.ts');
