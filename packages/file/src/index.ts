export { FileProblem, renderProblems } from './check/problem.ts';
export { beyondLimits, fileLimits } from './parse/limits.ts';
export { type ParsedFile, parseFile } from './parse/parse.ts';
export { parseFileOffThread } from './parse/parse-off-thread.ts';
export * from './plan/index.ts';
export { type FileChoices, type ResolvedResult, resolveFile } from './resolve/resolve.ts';
export { ResolvedFile, ResolvedLoad, ResolvedStage } from './resolve/resolved-file.ts';
export { MarteauFile, PartialFile } from './schema/file.ts';
export { fileJsonSchema } from './schema/json-schema.ts';
