#!/usr/bin/env node
import module from 'node:module';
import { exitCodes } from './exit-codes.ts';
import { processWorld } from './world.ts';

const OLDEST_NODE = 24;

const world = processWorld();
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  world.err(
    `Marteau needs Node ${OLDEST_NODE}, and this is Node ${process.versions.node}. Install it from https://nodejs.org.\n`,
  );
  process.exit(exitCodes.surroundings);
}
module.enableCompileCache();

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
