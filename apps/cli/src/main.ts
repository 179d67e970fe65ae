#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { exitCodes } from './exit-codes.ts';
import { processWorld } from './world.ts';

enableCompileCache();
const world = processWorld();

process.on('uncaughtException', (error) => {
  tellDefect(error);
  process.exit(exitCodes.internal);
});
try {
  const { marteau } = await import('./marteau.ts');
  process.exitCode = await marteau(process.argv.slice(2), world);
} catch (error) {
  tellDefect(error as Error);
  process.exitCode = exitCodes.internal;
}

function tellDefect({ stack }: Error): void {
  world.err(`This is a defect of Marteau, please report it with the lines below.\n${stack}\n`);
}
