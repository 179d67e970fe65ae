import { artillery } from './artillery/artillery.ts';
import { command } from './command/command.ts';
import { gatling } from './gatling/gatling.ts';
import { jmeter } from './jmeter/jmeter.ts';
import { k6 } from './k6/k6.ts';
import { locust } from './locust/locust.ts';
import { playwright } from './playwright/playwright.ts';
import type { Tool } from './tool.ts';

/** Every tool. To add one, add it here. */
export const tools: readonly Tool[] = [k6, locust, jmeter, gatling, artillery, playwright, command];

/** The tool that generates the load of a file; null where our own engine does. */
export function toolOf(runner: string): Tool | null {
  return tools.find(({ name }) => name === runner) ?? null;
}

/** Who runs a script, by what stands in it; undefined where nothing tells. */
export function runnerOfScript(path: string, text: string): Tool['name'] | undefined {
  return tools.find((tool) => tool.isScript(path, text))?.name;
}
