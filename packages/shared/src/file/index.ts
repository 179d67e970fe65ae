export { EffectiveFile, EffectiveLoad, EffectiveStep } from './effective-schema.ts';
export { FileProblem, renderProblems } from './problem.ts';
export { MarteauFile, PartialFile } from './schema.ts';
