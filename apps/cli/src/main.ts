#!/usr/bin/env node
import { exitCodes } from './exit-codes.ts';
import { marteau } from './marteau.ts';
import { processWorld } from './world.ts';

const world = processWorld();
try {
  process.exitCode = await marteau(process.argv.slice(2), world);
} catch (error) {
  world.err(
    `This is a defect of Marteau, please report it with the lines below.\n${(error as Error).stack}\n`,
  );
  process.exitCode = exitCodes.internal;
}
