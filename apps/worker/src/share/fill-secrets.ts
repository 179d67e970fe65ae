import { MarteauError } from '@marteau/shared';

/**
 * The file's `env` with `${secrets.NAME}` filled in.
 * @throws MarteauError secret-unknown, which names every secret that the server does not have
 */
export function fillSecrets(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  project: string,
): Record<string, string> {
  const unknown = new Set<string>();
  const filled = Object.entries(env).map(([name, value]) => [
    name,
    value.replace(/\$\{secrets\.([A-Za-z_]\w*)\}/g, (_whole, secret: string) => {
      if (!Object.hasOwn(secrets, secret)) unknown.add(secret);
      return secrets[secret] ?? '';
    }),
  ]);
  if (unknown.size > 0)
    throw new MarteauError('secret-unknown', {
      names: [...unknown].map((name) => `\${secrets.${name}}`).join(', '),
      project,
    });
  return Object.fromEntries(filled);
}
