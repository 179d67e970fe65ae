import type { Command } from '../command.ts';

/**
 * All commands, in the order of the help. Each is loaded when it is wanted, because what the others import takes
 * longer than many a command.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  check: async () => (await import('./check.ts')).check,
  run: async () => (await import('./run.ts')).run,
  submit: async () => (await import('./submit.ts')).submit,
  report: async () => (await import('./report.ts')).report,
  compare: async () => (await import('./compare.ts')).compare,
  proxy: async () => (await import('./proxy.ts')).proxy,
  record: async () => (await import('./record.ts')).record,
  convert: async () => (await import('./convert.ts')).convert,
  consent: async () => (await import('./consent.ts')).consent,
  mcp: async () => (await import('./mcp.ts')).mcp,
  replay: async () => (await import('./replay.ts')).replay,
};
