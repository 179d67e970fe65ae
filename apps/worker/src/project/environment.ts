import { cpus, totalmem } from 'node:os';
import { type EffectiveFile, formatBytes } from '@marteau/shared';
import type { ShareFile } from '../share/share-file.ts';

/** What this machine is, for a report's reader. */
export function machineFacts(): Record<string, string> {
  const processors = cpus();
  return {
    Node: process.versions.node,
    Machine: `${processors.length} × ${processors[0]?.model.trim() || process.arch}, ${formatBytes(totalmem())}`,
    System: process.platform,
  };
}

/** What stood around a run, by name: of several machines each fact once. */
export function environmentOf(file: EffectiveFile, shares: readonly ShareFile[]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const { environment } of shares) {
    for (const [name, value] of Object.entries(environment)) {
      const known = facts[name]?.split('; ') ?? [];
      if (!known.includes(value)) facts[name] = [...known, value].join('; ');
    }
  }
  if (file.app) facts.App = `${file.app.command}, on the machine that generated the load`;
  return { ...facts, ...file.metadata };
}
