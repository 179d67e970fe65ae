import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { wrong } from '../wrong.ts';
import { readCommandLine } from './command-line.ts';
import type { ChaosConfig, OptionValues } from './config.ts';
import { readIni } from './ini.ts';
import { readYaml } from './yaml.ts';

/**
 * What a command line says, with the file that its `config` names: an ini file of Vaurien, which the command line
 * overrides, or YAML, which stands alone.
 * @throws chaos-wrong
 */
export function readConfig(values: OptionValues, folder: string): ChaosConfig {
  if (typeof values.config !== 'string') return readCommandLine(values);
  const path = resolve(folder, values.config);
  const source = readText(path);
  if (/\.(ini|conf|cfg)$/.test(path) || /^\s*([#;].*\n\s*)*\[/.test(source))
    return readCommandLine({ ...readIni(source), ...values });
  const others = Object.keys(values).filter((name) => !['config', 'events', 'token'].includes(name));
  if (others.length > 0)
    throw wrong(`--${others[0]} says what ${values.config} says already. Write it into the file.`);
  const read = readYaml(source, (named) => readText(resolve(dirname(path), named)));
  return typeof values.token === 'string' && read.control
    ? { ...read, control: { ...read.control, token: values.token } }
    : read;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`${path} cannot be read: ${(error as Error).message}.`);
  }
}
