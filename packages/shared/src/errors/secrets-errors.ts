import { entry } from './entry.ts';

/** What can be wrong with the server's secrets file. None repeats a secret. */
export const secretsErrors = {
  'secrets-missing': entry<{ file: string }>(
    500,
    ({ file }) =>
      `MARTEAU_SECRETS names ${file}, which cannot be read. Create it with mode 0600, or unset MARTEAU_SECRETS.`,
  ),
  'secrets-open': entry<{ file: string; mode: string }>(
    500,
    ({ file, mode }) =>
      `The secrets file ${file} has mode ${mode}, so others on this machine can read it. Type: chmod 600 ${file}`,
  ),
  'secrets-wrong': entry<{ detail: string }>(
    500,
    ({ detail }) =>
      `The secrets file cannot be used: ${detail}. It holds git: {HOST: TOKEN} and projects: {ADDRESS: {NAME: VALUE, refs: [BRANCH]}}.`,
  ),
  'secret-unknown': entry<{ names: string; project: string }>(
    422,
    ({ names, project }) =>
      `The file uses ${names}, and this server has no such secret for ${project}. Whoever runs the server adds it to the secrets file.`,
  ),
  'secrets-withheld': entry<{
    names: readonly string[];
    commit: string | null;
    refs: readonly string[] | null;
    overrides: readonly string[];
  }>(422, ({ names, commit, refs, overrides }) => {
    const used = names.map((name) => `\${secrets.${name}}`).join(', ');
    const which = refs === null ? 'the default branch and the tags' : refs.join(', ');
    return commit === null
      ? `The file uses ${used}, and a run whose submission decides where secrets go gets none: leave out the overrides ${overrides.join(', ')}, or put them into the file.`
      : `The file uses ${used}, and commit ${commit} gets no secrets, because it is not known to be on a branch or tag that has them (${which}). Run a commit that is, or whoever runs the server names its branch under \`refs\` of this project in the secrets file.`;
  }),
  'secrets-of-fork': entry<{ names: readonly string[] }>(
    422,
    ({ names }) =>
      `The file uses ${names.map((name) => `\${secrets.${name}}`).join(', ')}, and runs of pull requests from forks get no secrets. Choose a profile without them for \`when.pull\`.`,
  ),
  'overrides-private': entry<{ overrides: readonly string[] }>(
    422,
    ({ overrides }) =>
      `This repository can only be read with the server's token, which whoever submits need not have, so what is run in it is what stands there: leave out the overrides ${overrides.join(', ')}, or put them into the file. Where all may see what the token reads, whoever runs the server writes {token: …, share: true} in the secrets file.`,
  ),
  'secret-short': entry<{ detail: string }>(422, ({ detail }) => `${detail}. Use a longer one.`),
  'secret-unset': entry<{ names: readonly string[] }>(
    422,
    ({ names }) =>
      `The file uses ${names.map((name) => `\${secrets.${name}}`).join(', ')}. A run on this machine takes a secret from the variable of its name, and ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set. Type: ${names.map((name) => `${name}=…`).join(' ')} marteau run`,
  ),
};
