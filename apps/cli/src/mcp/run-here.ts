import { type Tool, tool } from '@marteau/mcp';
import { Type } from 'typebox';
import type { World } from '../world.ts';

/** Runs a project on this machine: only where whoever started the command allows it. */
export function runHere(world: World): Tool {
  return tool({
    name: 'run_here',
    description:
      'Run the project in a folder of this machine, without a server: its load goes out from here. Profile, cycles and duration can be chosen.',
    readOnly: false,
    input: Type.Object(
      {
        folder: Type.String({
          maxLength: 4096,
          pattern: '^[^-]',
          description: 'relative to where the assistant was started',
        }),
        profile: Type.Optional(Type.String({ maxLength: 100, pattern: '^[^-]' })),
        cycles: Type.Optional(Type.String({ maxLength: 200, pattern: '^[0-9:]+$' })),
        duration: Type.Optional(Type.String({ maxLength: 20, pattern: '^[0-9]' })),
      },
      { additionalProperties: false },
    ),
    async call({ folder, profile, cycles, duration }, { signal }) {
      const { run } = await import('../commands/run.ts');
      let out = '';
      const set = [
        ...(cycles === undefined ? [] : [`cycles=${cycles}`]),
        ...(duration === undefined ? [] : [`duration=${duration}`]),
      ];
      const exitCode = await run.run(
        { arguments: [folder], options: { json: true, quiet: true, set, ...(profile && { profile }) } },
        {
          ...quiet(world),
          out: (text) => {
            out += text;
          },
          signal,
        },
      );
      return { lines: [`It ended with exit code ${exitCode}.`], foreign: out };
    },
  });
}

/** What goes to standard output belongs to the protocol. */
function quiet(world: World): World {
  const { cwd, env, enough, signal, input, columns } = world;
  const shown = { live: false, colour: false, outColour: false };
  return {
    cwd,
    env,
    enough,
    signal,
    input,
    columns,
    ...shown,
    out: () => {},
    err: () => {},
    redraw: () => {},
  };
}
