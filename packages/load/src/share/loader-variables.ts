/**
 * Variables by which a system, a shell or Node loads code or settings into a process before its program begins. An
 * engine's process starts without them, or what a file puts there would speak to the parent in the engine's name.
 */
const LOADER =
  /^(NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|V8_COVERAGE|COMPILE_CACHE\w*|REDIRECT_WARNINGS|ICU_DATA|CHANNEL_\w+|UNIQUE_ID)|(LD|DYLD|OPENSSL|SSL_CERT|GLIBC|MALLOC)_\w+|GCONV_PATH|LOCPATH|BASH_ENV|ENV)$/;

/** What an engine's process is started with. */
export function withoutLoaders(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LOADER.test(name)));
}

/** Those of a file that have no effect on the script; an `ENV` is read by it as any other. */
export function loadersIn(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env).filter((name) => LOADER.test(name) && name !== 'ENV');
}
