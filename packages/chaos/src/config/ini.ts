import { thereAre, wrong } from '../wrong.ts';
import { commandLineOptions } from './command-line.ts';
import type { OptionValues } from './config.ts';

/**
 * Reads an ini file of Vaurien: `[vaurien]`, `[behavior:NAME]`, `[protocol:NAME]`; keys have `_` where the command line
 * has `-`.
 * @throws chaos-wrong, naming the line
 */
export function readIni(source: string): OptionValues {
  const values: Record<string, string> = {};
  let prefix: string | null = null;
  for (const [i, written] of source.split(/\r?\n/).entries()) {
    const line = written.trim();
    const where = `Line ${i + 1} of the ini file`;
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const [, section] = /^\[(.*)\]$/.exec(line) ?? [];
    if (section !== undefined) {
      prefix = prefixOf(section, where);
      continue;
    }
    const [, key, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) throw wrong(`${where} is '${line}'. Write KEY = VALUE.`);
    if (prefix === null) throw wrong(`${where} stands before any section. Begin with [vaurien].`);
    const name = (prefix + key).replaceAll('_', '-');
    if (!(name in commandLineOptions)) {
      throw wrong(
        `${where} sets '${key}', which there is not. ${thereAre('There are', Object.keys(commandLineOptions), name)}`,
      );
    }
    values[name] = value;
  }
  return values;
}

function prefixOf(section: string, where: string): string {
  const [, kind, name] = /^(behavior|protocol):([\w-]+)$/.exec(section) ?? [];
  if (kind !== undefined) return `${kind}-${name}-`;
  if (section === 'vaurien' || section === 'marteau') return '';
  throw wrong(`${where} begins [${section}]. There are [vaurien], [behavior:NAME] and [protocol:NAME].`);
}
