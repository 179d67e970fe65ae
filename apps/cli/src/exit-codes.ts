/** Every way the command can end, for scripts and CI. Documented in docs/cli.md; numbers are never used again. */
export const exitCodes = {
  /** Every threshold held. */
  pass: 0,
  /** A threshold failed, or nothing finished. */
  fail: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The generator, not the target, shaped the numbers: run it again with more room. */
  invalid: 3,
  /** The script could not be loaded, or ended the process. */
  script: 4,
  /** `.marteau.yml` has mistakes, or is missing. */
  file: 5,
  /** Something around the run failed: git, npm, the app, a server that does not answer. */
  surroundings: 6,
  /** A defect of Marteau itself. */
  internal: 70,
  /** Ended by Ctrl-C before there was anything to judge. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
