import type { Command } from '../command.ts';
import { check } from './check.ts';
import { init } from './init.ts';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [init, check];
