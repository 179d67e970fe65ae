import type { Command } from './sandbox.ts';

/**
 * What a shell is started with that gets its orders from a descriptor: it says that it is there, reads the whole text,
 * closes the descriptor, and does what the text says. When nobody is there to answer, it does nothing and ends.
 */
export function awaitOrders(descriptor: number): string {
  return [
    `echo >&${descriptor}`,
    'orders=',
    `while IFS= read -r line <&${descriptor}; do orders="$orders$line\n"; done`,
    `exec ${descriptor}<&-`,
    'eval "$orders"',
  ].join('; ');
}

/**
 * Orders to become the command, with its environment and no other. The braces make a text that was cut off an error
 * of syntax, which does nothing. Values that the shell has a mind of its own about go through `env`.
 */
export function ordersFor({ file, args, env }: Command, envProgram: string): string {
  const entries = Object.entries(env);
  const exports = entries
    .filter(([name]) => isPlain(name))
    .map(([name, value]) => `export ${name}=${quote(value)}`);
  const others = entries.filter(([name]) => !isPlain(name)).map(([name, value]) => `${name}=${value}`);
  const unset = SET_BY_SHELLS.flatMap((name) => ['-u', name]);
  const words = [envProgram, ...unset, ...others, file, ...args];
  return `{\n${exports.join('\n')}\nexec ${words.map(quote).join(' ')}\n}\n`;
}

const SET_BY_SHELLS = ['PWD', 'OLDPWD', 'SHLVL', '_'];

/** Whether a shell takes a variable of this name, and passes it on as it is. */
function isPlain(name: string): boolean {
  const isSpecial =
    /^(_|PWD|OLDPWD|SHLVL|PPID|UID|EUID|GROUPS|IFS|ENV|LINENO|RANDOM|SECONDS|SHELLOPTS|POSIXLY_CORRECT|DIRSTACK|FUNCNAME|PS\d|OPT[A-Z]+|BASH.*|EPOCH.*|HIST.*|LANG.*|LC_.*)$/;
  return /^[A-Za-z_]\w*$/.test(name) && !isSpecial.test(name);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
