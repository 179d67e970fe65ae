import type { Check, Finding, Installation } from './check.ts';
import { wrong } from './check.ts';
import { clocks } from './checks/clocks.ts';
import { disk } from './checks/disk.ts';
import { folders } from './checks/folders.ts';
import { mail } from './checks/mail.ts';
import { certificates, dns, ports, reachability } from './checks/network.ts';
import { openFiles } from './checks/open-files.ts';
import { git, sandbox } from './checks/programs.ts';
import { redis } from './checks/redis.ts';
import { secrets } from './checks/secrets.ts';
import { versions } from './checks/versions.ts';

/** All that is looked at. A new one is a file in `checks` and a line here. */
const checks: readonly Check[] = [
  redis,
  folders,
  disk,
  clocks,
  versions,
  reachability,
  ports,
  dns,
  certificates,
  mail,
  git,
  sandbox,
  openFiles,
  secrets,
];

export interface Diagnosis {
  name: string;
  findings: Finding[];
}

/** Looks at an installation from this machine, all at once; some seconds at most. */
export async function diagnose(installation: Installation): Promise<Diagnosis[]> {
  const all = await Promise.all(
    checks.map(async ({ name, look }): Promise<Diagnosis> => {
      try {
        return { name, findings: await look(installation) };
      } catch (error) {
        return { name, findings: [wrong(`This could not be looked at: ${(error as Error).message}`)] };
      }
    }),
  );
  return all.filter(({ findings }) => findings.length > 0);
}
