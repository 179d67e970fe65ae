import type { Command } from '../command.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { init } from './init.ts';
import { proxy } from './proxy.ts';
import { report } from './report.ts';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [init, check, report, compare, proxy];
