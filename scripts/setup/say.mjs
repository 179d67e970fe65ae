/** One short line about what the set-up does; on stderr, so that a script's own output stays clean. */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}
