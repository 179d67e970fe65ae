#!/usr/bin/env node
import module from 'node:module';
import { exitCodes } from './exit-codes.ts';
import { runWithNewerNode } from './newer-node.ts';
import { processWorld } from './world.ts';

const OLDEST_NODE = 24;

const world = processWorld();
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  const ended = await runWithNewerNode(OLDEST_NODE, world.err);
  if (typeof ended === 'number') process.exit(ended);
  world.err(`That failed: ${ended}\nInstall Node ${OLDEST_NODE} from https://nodejs.org.\n`);
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
