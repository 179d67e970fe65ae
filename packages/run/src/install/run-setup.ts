import { MarteauError } from '@marteau/shared';
import { runCommand } from '../around/commands/run-command.ts';
import type { AroundContext } from '../around/part.ts';

type SetupContext = Pick<
  AroundContext,
  'places' | 'env' | 'console' | 'phase' | 'signal' | 'deadlines' | 'launch' | 'network'
>;

/**
 * `setup` of the file: installs what a tool's project needs. Package registries can be reached meanwhile.
 * @throws MarteauError tool-setup-failed; the signal's reason
 */
export async function runSetup(
  commands: readonly string[],
  { places, env, console, phase, signal, deadlines, launch, network }: SetupContext,
): Promise<void> {
  if (commands.length === 0) return;
  phase.say('installing what the tool needs');
  const takeBack = await network.allowRegistries();
  try {
    for (const command of commands) {
      console.say(`setup: ${command}`);
      const exit = await runCommand(command, {
        cwd: places.wdir,
        env,
        console,
        from: 'npm',
        launch,
        signal,
        deadlineMs: deadlines.install,
      });
      signal.throwIfAborted();
      if (exit.code !== 0) throw new MarteauError('tool-setup-failed', { command, detail: exit.sentence });
    }
  } finally {
    await takeBack();
  }
}
