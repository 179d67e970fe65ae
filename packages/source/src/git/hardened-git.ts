import { dirname } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { FLOOD } from './flood.ts';
import type { Progress, Remote } from './job.ts';

/** The name under which git knows the host: in every command in place of the address. */
export const REMOTE = 'origin';

const MOST_OUTPUT_BYTES = 32 * 1024 * 1024;

/** What old tools wrote and git itself reads without a word: such a repository is as good as any. */
const harmless = [
  'zeroPaddedFilemode',
  'badTimezone',
  'badDate',
  'badDateOverflow',
  'zeroPaddedDate',
  'badEmail',
  'badName',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'multipleAuthors',
  'nulInCommit',
];

/** Nothing in a repository may start a program, reach another host or write outside its folder. */
const config = [
  'advice.detachedHead=false',
  'core.attributesFile=/dev/null',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.symlinks=false',
  'credential.helper=',
  'fetch.fsckObjects=true',
  ...harmless.flatMap((fault) => [`fetch.fsck.${fault}=warn`, `receive.fsck.${fault}=warn`]),
  'fetch.unpackLimit=1', // always one pack: its file shows how much has come
  'filter.lfs.process=',
  'filter.lfs.required=false',
  'filter.lfs.smudge=',
  'gc.auto=0',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
  'i18n.logOutputEncoding=UTF-8',
  'log.showSignature=false',
  'maintenance.auto=false',
  'protocol.allow=never',
  'submodule.recurse=false',
  'transfer.fsckObjects=true',
];

/** The guarded options of simple-git that hardening itself needs: each only ever gets a constant of this file. */
const unsafe = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeTemplateDir: true,
};

export interface HardenedGitOptions {
  readonly folder: string;
  readonly remote: Remote;
  /** The PATH to find git on. */
  readonly path: string;
  readonly onProgress: (progress: Progress) => void;
}

/** A git that trusts neither the repository nor its host; a command that fails rejects with what it said. */
export function hardenedGit({ folder, remote, path, onProgress }: HardenedGitOptions): SimpleGit {
  const env = environment(remote, path, folder);
  const abort = new AbortController();
  const git = simpleGit({
    baseDir: folder,
    config: [
      ...config,
      `remote.${REMOTE}.url=${remote.url}`,
      `protocol.${remote.protocol}.allow=always`,
      ...remote.pins.map((pin) => `http.curloptResolve=${pin}`),
      ...(remote.caFile ? [`http.sslCAInfo=${remote.caFile}`] : []),
    ],
    unsafe,
    allowEnvironment: Object.keys(env),
    abort: abort.signal,
    errors(_error, { exitCode, stdErr }) {
      if (abort.signal.aborted) return Buffer.from(FLOOD);
      if (exitCode === 0) return undefined;
      return Buffer.concat([...stdErr, Buffer.from(`\ngit ended with exit code ${exitCode}`)]);
    },
  });
  git.env(env);
  git.outputHandler((_command, stdout, stderr) => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MOST_OUTPUT_BYTES) abort.abort();
    };
    stdout.on('data', count);
    stderr.on('data', count);
    stderr.on('data', (chunk: Buffer) => progressIn(chunk.toString(), onProgress));
  });
  return git;
}

/** The token goes in as configuration from the environment, which no list of processes and no file shows. */
function environment(remote: Remote, path: string, folder: string): Record<string, string> {
  return {
    GIT_CEILING_DIRECTORIES: dirname(folder), // a repository around ours, with its own origin, is not ours
    PATH: path,
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: remote.protocol,
    GIT_LFS_SKIP_SMUDGE: '1',
    ...(remote.authorization
      ? {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `http.${new URL(remote.url).origin}/.extraHeader`,
          GIT_CONFIG_VALUE_0: `Authorization: ${remote.authorization}`,
        }
      : {}),
  };
}

const stages = [
  ['receiving', /Receiving objects:\s+(\d+)%/g],
  ['resolving', /Resolving deltas:\s+(\d+)%/g],
  ['writing', /Updating files:\s+(\d+)%/g],
] as const;

function progressIn(text: string, report: (progress: Progress) => void): void {
  for (const [stage, pattern] of stages) {
    const last = [...text.matchAll(pattern)].at(-1);
    if (last) report({ stage, percent: Number(last[1]) });
  }
}
