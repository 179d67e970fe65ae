import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readWords } from './config/command-line.ts';
import type { ChaosConfig, Words } from './config/config.ts';
import { readIni } from './config/ini.ts';
import { readYaml } from './config/yaml.ts';
import { Proxies } from './control/proxies.ts';
import { type ControlServer, startControl } from './control/server.ts';
import { sendToStatsd } from './outputs/statsd.ts';
import { wrong } from './wrong.ts';

/** Proxies and their control server, as a process runs them. */
export interface RunningChaos extends AsyncDisposable {
  proxies: Proxies;
  /** Null when there is none. */
  control: ControlServer | null;
}

/**
 * What the words of a command line say, with the file that `config` names: an ini file of Vaurien, which the words
 * override, or YAML, which stands alone.
 * @throws chaos-wrong
 */
export function readConfig(words: Words, folder: string): ChaosConfig {
  if (typeof words.config !== 'string') return readWords(words);
  const path = resolve(folder, words.config);
  const source = readText(path);
  if (/\.(ini|conf|cfg)$/.test(path) || /^\s*([#;].*\n\s*)*\[/.test(source))
    return readWords({ ...readIni(source), ...words });
  const others = Object.keys(words).filter((name) => !['config', 'events', 'token'].includes(name));
  if (others.length > 0)
    throw wrong(`--${others[0]} says what ${words.config} says already. Write it into the file.`);
  const read = readYaml(source, (named) => readText(resolve(dirname(path), named)));
  return typeof words.token === 'string' && read.control
    ? { ...read, control: { ...read.control, token: words.token } }
    : read;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

/** Starts all of it, or nothing. */
export async function startChaos({ proxies: wanted, control, statsd }: ChaosConfig): Promise<RunningChaos> {
  await using stack = new AsyncDisposableStack();
  const proxies = new Proxies();
  stack.defer(() => proxies.stop());
  if (statsd) stack.defer(sendToStatsd(proxies.events, statsd));
  for (const options of wanted) await proxies.add(options);
  const server = control && (await startControl(proxies, control));
  if (server) stack.defer(() => server.stop());
  const kept = stack.move();
  return { proxies, control: server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
