/** One line of a Dockerfile. */
export interface Instruction {
  /** `RUN`, `COPY` */
  readonly name: string;
  readonly words: string;
}

export interface Stage {
  readonly from: string;
  /** Null for the last one, which is the image. */
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, as far as ours uses the language. @throws Error for an instruction that is not known here */
export function readDockerfile(text: string): Stage[] {
  const stages: { from: string; name: string | null; instructions: Instruction[] }[] = [];
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter(Boolean);
  for (const line of lines) {
    const [, name = '', words = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`${line} is not understood`);
    if (name !== 'FROM') {
      stages.at(-1)!.instructions.push({ name, words });
      continue;
    }
    const [, from = '', alias = null] = /^(\S+)(?: AS (\S+))?$/.exec(words) ?? [];
    stages.push({ from, name: alias, instructions: [] });
  }
  return stages;
}

const KNOWN = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENV', 'VOLUME', 'CMD'];
