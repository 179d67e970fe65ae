import { entry } from './entry.ts';

/** What can go wrong on the pages. */
export const webErrors = {
  'mailbox-key-wrong': entry(
    404,
    () => 'This link is none that a mail of this server has. Copy it whole, or press it in the mail.',
  ),
  'identity-taken': entry(
    409,
    () =>
      'That account is somebody else’s here, so it was not added. Sign out and sign in with it, or ask an admin.',
  ),
  'not-allowed': entry<{ what: string; who: string }>(
    403,
    ({ what, who }) => `You may see this, and not ${what}: that takes ${who}.`,
  ),
  'link-over': entry(
    410,
    () =>
      'This link was used already, or is older than ten minutes. Ask for another one on the sign-in page.',
  ),
  'too-many-sign-ins': entry(
    429,
    () => 'Too many sign-in mails were asked for from here, or for this address. Try again in an hour.',
    true,
  ),
  'no-accounts': entry(
    404,
    () =>
      'This server has no accounts. Whoever runs it can give it some: MARTEAU_ADMIN, as the guide says under People.',
  ),
  'passkey-unknown': entry(
    401,
    () =>
      'This passkey opens nothing here. It may have been removed, or belong to another server; sign in in another way.',
  ),
  'sign-in-failed': entry<{ name: string; detail: string }>(
    502,
    ({ name, detail }) =>
      `Signing in with ${name} did not come to its end: ${detail}. Try it again from the sign-in page; if it stays so, tell whoever runs this server.`,
    true,
  ),
  'host-away': entry<{ host: string; detail: string }>(
    502,
    ({ host, detail }) => `${host} could not be asked what you may do there: ${detail}.`,
    true,
  ),
  'sealed-elsewhere': entry(
    500,
    () =>
      'A secret cannot be read on this machine: the key with which it was sealed is not in secrets.key of its data folder. Copy the file from the server, or set the secret again.',
  ),
  'not-yours': entry(
    403,
    () =>
      'This repository is not among the projects that you may run. Ask an admin to make a project of it, or its owner to add you.',
  ),
  'prove-again': entry(
    403,
    () => 'This asks for a second look at who you are. Sign in once more on this browser, and do it again.',
  ),
  'no-such-page': entry<{ path: string }>(
    404,
    ({ path }) =>
      `There is nothing at ${path}. The link may be old or cut short; the list of runs shows what is there.`,
  ),
  'stale-form': entry(
    403,
    () =>
      'This form does not belong to this browser any more, so nothing was changed. Go back, reload the page, and send it again.',
  ),
  'wrong-token': entry(
    401,
    () =>
      'That is not the access token of this server. Ask whoever runs it for the value of MARTEAU_ACCESS_TOKEN.',
  ),
  'too-many-tries': entry(
    429,
    () =>
      'Too many wrong access tokens came from your address. Wait a minute, or use the right one, which is always let in.',
    true,
  ),
  'too-busy-to-look': entry(
    503,
    () =>
      'The server is looking at several repositories already. Try again in a few seconds, or start the run: it is checked there too.',
    true,
  ),
  'report-missing': entry<{ file: string }>(
    404,
    ({ file }) =>
      `This run has no ${file}. It may not have ended yet, or it ended before there was anything to write; its page says why.`,
  ),
  'not-confirmable': entry<{ why: string }>(
    409,
    ({ why }) => `Repeats cannot tell more about this run. ${why}`,
  ),
  'not-acceptable': entry(
    409,
    () =>
      'Only the head of a pull request that failed, or was found worse than its base, can be accepted as it is.',
  ),
  'no-baseline': entry(
    409,
    () =>
      'Only a run that passed, and was neither stopped early nor given another load, can be a baseline. Open one that passed, and pin that.',
  ),
  'load-wrong': entry<{ what: string }>(
    400,
    ({ what }) =>
      `This is no change of a load: ${what}. Write one of users, rate and scale, hold beside it or alone, or skip.`,
  ),
  'load-fixed': entry<{ why: string }>(409, ({ why }) => `The load of this run cannot be changed. ${why}`),
  'bad-redirect': entry<{ url: string }>(
    400,
    ({ url }) => `redirect_url is "${url}". Only paths of this server are followed, such as /runs.`,
  ),
  'command-not-packed': entry<{ detail: string }>(
    503,
    ({ detail }) =>
      `The command line could not be packed here: ${detail}. Run npm install in Marteau's folder, or node scripts/pack/pack.ts marteau.tgz where that works, and put the file there.`,
    true,
  ),
  'unknown-document': entry<{ page: string }>(
    404,
    ({ page }) => `The guide has no page "${page}". Its list of pages is at /docs.`,
  ),
  'unsigned-hook': entry(
    401,
    () =>
      'This call does not show that its sender knows the secret of this project’s hook. Enter the secret where the forge sets its hook up; the page of the project makes a new one.',
  ),
  'hook-too-large': entry<{ limit: string }>(
    413,
    ({ limit }) => `The body is larger than ${limit}, which no hook needs. Nothing was read of it.`,
  ),
  'hooks-busy': entry(
    503,
    () =>
      'More calls of hooks are being read than this server holds at once. The forge may call again in a moment.',
    true,
  ),
  'nothing-to-approve': entry(
    409,
    () => 'This delivery does not wait for anybody to approve it. A newer head has one of its own.',
  ),
  'nothing-to-replay': entry(
    409,
    () =>
      'Nothing was to be done for this delivery, so there is nothing to do again. Push a commit, or start a run by hand.',
  ),
};
