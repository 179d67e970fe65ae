import { findProgram } from '@marteau/launch';

const programs = {
  k6: 'k6',
  locust: 'locust',
  jmeter: 'jmeter',
  gatling: 'mvn',
  vegeta: 'vegeta',
  hey: 'hey',
  oha: 'oha',
  wrk: 'wrk',
  artillery: 'artillery',
  java: 'java',
  playwright: 'chromium',
} as const;

/** Why a test of a tool is skipped here: false where the tool is there. One that was asked for by name is there. */
export function missingTool(name: keyof typeof programs): string | false {
  const path = `${process.env.MARTEAU_TOOLS_PATH ?? ''}:${process.env.PATH ?? ''}`;
  return 'path' in findProgram(programs[name], process.cwd(), path)
    ? false
    : `${name} is not on this machine`;
}
