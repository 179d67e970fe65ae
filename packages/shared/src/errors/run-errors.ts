import { entry } from './entry.ts';

const mistakes = (count: number) => (count === 1 ? 'a mistake' : `${count} mistakes`);

/** What ends a run in error on its way to a verdict: what a person reads on its page, in the API and in the mail. */
export const runErrors = {
  'file-missing': entry<{ commit: string; near: string }>(
    422,
    ({ commit, near }) =>
      `The repository has no .marteau.yml at ${commit.slice(0, 8)}. ${near && `There is ${near}, which was meant, perhaps: the file is called .marteau.yml and lies in the root. `}Add one to its root; "script: loadtest/checkout.test.ts", the path of your test, is enough to begin with.`,
  ),
  'file-wrong': entry<{ count: number; list: string }>(
    422,
    ({ count, list }) => `.marteau.yml has ${mistakes(count)}: ${list}.`,
  ),
  'overrides-wrong': entry<{ count: number; list: string }>(
    422,
    ({ count, list }) => `What was entered for this run has ${mistakes(count)}: ${list}.`,
  ),
  'wdir-missing': entry<{ wdir: string }>(
    422,
    ({ wdir }) =>
      `.marteau.yml says wdir: ${wdir}, and the repository has no such folder. Correct it, or push the folder.`,
  ),
  'file-not-fetched': entry<{ file: string; why: 'submodule' | 'symbolic link' | 'Git LFS'; where: string }>(
    422,
    ({ file, why, where }) => {
      const says = `.marteau.yml names ${file}, and `;
      if (why === 'submodule')
        return `${says}${where} is a submodule of git, which is not fetched. Put the file into the repository itself, or submit the submodule's own repository.`;
      if (why === 'symbolic link')
        return `${says}that is a symbolic link, which is not followed. Name the file that it points to.`;
      return `${says}that is a pointer of Git LFS, whose contents are not fetched. Put the file itself into the repository.`;
    },
  ),
  'script-missing': entry<{ script: string; near: string }>(
    422,
    ({ script, near }) =>
      `.marteau.yml names the script ${script}, and the repository has no such file.${near ? ` Did you mean ${near}?` : ' Paths count from wdir, which is the root unless the file says otherwise.'}`,
  ),
  'data-missing': entry<{ file: string }>(
    422,
    ({ file }) =>
      `.marteau.yml names the data file ${file}, and the repository has no such file. Correct the path, which counts from wdir, or push the file.`,
  ),
  'package-outside': entry<{ name: string; from: string }>(
    422,
    ({ name, from }) =>
      `package.json takes ${name} from ${from}, which is outside of the repository, so no node can install it. Push it as a part of the repository, or name one that is in a registry.`,
  ),
  'preflight-failed': entry<{ what: string }>(
    422,
    ({ what }) =>
      `No user got through the script before nodes were taken: ${what}. "Try once" shows every request with its answer; correct the script or its target, then run it again.`,
  ),
  'target-denied': entry<{ place: string }>(
    403,
    ({ place }) =>
      `.marteau.yml wants to reach ${place}, which this server does not allow. Its operator can: MARTEAU_TARGETS lists what runs may reach, the node itself (localhost) only where it stands there.`,
  ),
  'not-yet': entry<{ what: string }>(
    422,
    ({ what }) =>
      `.marteau.yml uses ${what}, which this version of Marteau cannot do yet. Take it out, or update.`,
  ),
  'npm-missing': entry(
    503,
    () => 'npm is not on this node, so nothing can be installed. Install it (it comes with Node).',
  ),
  'npm-package-unknown': entry<{ package: string }>(
    422,
    ({ package: name }) => `npm could not find ${name}. Check its name and version in deps or package.json.`,
  ),
  'npm-unreachable': entry<{ detail: string }>(
    502,
    ({ detail }) => `npm could not reach its registry from this node (${detail}). Try again later.`,
    true,
  ),
  'npm-lock-outdated': entry(
    422,
    () =>
      'package-lock.json does not fit package.json, so nothing was installed. Run npm install, commit both files, and submit again.',
  ),
  'npm-failed': entry<{ detail: string }>(
    422,
    ({ detail }) => `The packages could not be installed: ${detail}. The console shows all that npm said.`,
  ),
  'install-deadline': entry<{ seconds: number }>(
    504,
    ({ seconds }) =>
      `Installing the packages took longer than ${seconds} s and was ended. Try again later, or need fewer of them.`,
    true,
  ),
  'before-failed': entry<{ command: string; detail: string }>(
    422,
    ({ command, detail }) =>
      `"${command}" of before did not succeed: ${detail}. The console shows its output.`,
  ),
  'env-wrong': entry<{ line: string }>(
    422,
    ({ line }) =>
      `before wrote "${line}" to $MARTEAU_ENV, which is not a line like NAME=value. Correct the command.`,
  ),
  'env-unreadable': entry<{ detail: string }>(
    422,
    ({ detail }) =>
      `What before left in the place of $MARTEAU_ENV ${detail}, so it was not read. Append lines like NAME=value to that file.`,
  ),
  'app-setup-failed': entry<{ command: string; detail: string }>(
    422,
    ({ command, detail }) =>
      `The app's setup "${command}" did not succeed: ${detail}. The console shows its output.`,
  ),
  'app-ended': entry<{ command: string; detail: string }>(
    422,
    ({ command, detail }) =>
      `The app "${command}" was not ready before it ended: ${detail}. The console shows its output.`,
  ),
  'app-not-ready': entry<{ url: string; seconds: number; detail: string }>(
    422,
    ({ url, seconds, detail }) =>
      `The app was not ready after ${seconds} s: ${url} ${detail}. It has to listen on the port in PORT; app.ready names what answers once it does, app.timeout how long that may take.`,
  ),
  'not-reached': entry<{
    node: string;
    what: string;
    at: string;
    of: string;
    why: string;
    loopback: boolean;
  }>(422, ({ node, what, at, of, why, loopback }) => {
    const listen =
      what === 'the app' ? 'Let it listen on the address in $HOST rather than on 127.0.0.1 alone. ' : '';
    const fix = loopback
      ? `Set MARTEAU_ADDRESS on ${of} to the address by which other machines reach it.`
      : `${listen}Open the ports between the nodes, or set MARTEAU_ADDRESS on ${of} to an address that others reach.`;
    return `The node ${node} does not reach ${what} at ${at}, where the node ${of} started it (${why}), so the load could not begin. ${fix}`;
  }),
  'run-deadline': entry<{ seconds: number; doing: string }>(
    504,
    ({ seconds, doing }) =>
      `The run was ended after ${seconds} s, its timeout, while ${doing}. A larger timeout in .marteau.yml gives it more time.`,
  ),
  'nodes-lost': entry<{ nodes: string[]; stopped?: boolean }>(
    503,
    ({ nodes, stopped = false }) => {
      const [were, them] = nodes.length === 1 ? ['was', 'it'] : ['were', 'them'];
      const how = stopped ? 'stopped (the server, or the worker, was asked to end)' : 'lost';
      return `${nodes.join(' and ')} ${were} ${how} while the load ran, and with ${them} all that was measured, so there is nothing to judge. Run it again.`;
    },
    true,
  ),
  'not-stored': entry<{ why: string; minutes: number; node: string; folder: string }>(
    503,
    ({ why, minutes, node, folder }) =>
      `What was measured could not be stored within ${minutes} min. ${why} It is kept on the node ${node}, in ${folder}: copy it from there, or run it again once the bucket is back.`,
    true,
  ),
  'measurements-missing': entry<{ share: number }>(
    500,
    ({ share }) =>
      `The measurements of share ${share} are not in the run's folder, so there is nothing to report. Run it again.`,
    true,
  ),
};
