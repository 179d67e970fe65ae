export { EffectiveFile, EffectiveLoad, EffectiveStep } from './effective/schema.ts';
export { type EffectiveResult, effectiveFile, type FileChoices } from './effective.ts';
export { fileJsonSchema } from './json-schema.ts';
export { beyondLimits, fileLimits } from './limits.ts';
export { type ParsedFile, parseFile } from './parse.ts';
export { parseFileOffThread } from './parse-off-thread.ts';
export { FileProblem, renderProblems } from './problem.ts';
export { MarteauFile, PartialFile } from './schema.ts';
