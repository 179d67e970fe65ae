export { describeRun } from './describe-run.ts';
export { isNothing, partOfStage } from './divide.ts';
export { formats } from './formats/index.ts';
export type { Counted, Observation, Phase } from './observation.ts';
export type { Figures, Format, Hear, Reader, Reading } from './reader.ts';
export { runnerOfScript, toolOf, tools } from './registry.ts';
export type { Invocation, Output, OwnPlan, OwnThreshold, Program, Tool, ToolName, ToolWork } from './tool.ts';
export { type Passed, wireFigures, wireTeller } from './wire/wire.ts';
