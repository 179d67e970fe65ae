import { type Static, Type } from 'typebox';

/** One mistake in a file, or in what overrides it. */
export const FileProblem = Type.Object({
  /** From 1; null where there is no file to point into (an override). */
  line: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  column: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  path: Type.String({ description: 'the field, empty for the whole file', examples: ['load[0].for'] }),
  what: Type.String({ description: 'what is wrong' }),
  fix: Type.String({ description: 'what would be right' }),
});
export type FileProblem = Static<typeof FileProblem>;

/** The problems as a console shows them: `.marteau.yml:3:7  unknown field 'durration': did you mean 'duration'?` */
export function renderProblems(problems: readonly FileProblem[], file = '.marteau.yml'): string {
  return problems.map((problem) => `${place(problem, file)}  ${problem.what}: ${problem.fix}`).join('\n');
}

/** In the order of the file; what has no place in it comes last. */
export function sortProblems(problems: readonly FileProblem[]): FileProblem[] {
  return problems.toSorted((a, b) => order(a.line) - order(b.line) || order(a.column) - order(b.column));
}

function place({ line, column }: FileProblem, file: string): string {
  return line === null ? file : `${file}:${line}:${column ?? 1}`;
}

function order(position: number | null): number {
  return position ?? Number.MAX_SAFE_INTEGER;
}
