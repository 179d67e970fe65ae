export { type Api, ApiRefusal } from './api.ts';
export { type Answer, answer, answerText } from './protocol.ts';
export { type Hands, type Tool, ToolMistake, tool } from './tool.ts';
export { tools } from './tools/index.ts';
