import { entry } from './entry.ts';

// Above 250 lines: a list of sentences, which is read by looking one up.

const EXAMPLE = 'https://github.com/owner/project';

/** What can be wrong with the address of a repository that somebody typed. None repeats a password. */
const addressErrors = {
  'address-empty': entry(400, () => `There is no repository address. Enter one like ${EXAMPLE}.`),
  'address-too-long': entry<{ limit: number }>(
    400,
    ({ limit }) => `The repository address is longer than ${limit} characters. Enter one like ${EXAMPLE}.`,
  ),
  'address-control-characters': entry(
    400,
    () =>
      'The repository address holds control characters, which no address has. Copy it again, or type it by hand.',
  ),
  'address-whitespace': entry(
    400,
    () =>
      'The repository address holds blanks or line breaks. Enter one address; write a blank in it as %20.',
  ),
  'address-option': entry(
    400,
    () =>
      `The repository address begins with "-", as an option of a program does. Enter one like ${EXAMPLE}.`,
  ),
  'address-helper': entry<{ helper: string }>(
    400,
    ({ helper }) =>
      `"${helper}::" would let git start another program, which Marteau never does. Enter an https address like ${EXAMPLE}.`,
  ),
  'address-ssh': entry<{ suggestion: string }>(
    400,
    ({ suggestion }) =>
      `Marteau clones over https, not over ssh. Use ${suggestion || `an address like ${EXAMPLE}`} instead; for a private repository whoever runs this server gives it a token for that host (secrets file).`,
  ),
  'address-scheme': entry<{ scheme: string }>(
    400,
    ({ scheme }) => `Marteau clones over https, not over ${scheme}. Enter an address like ${EXAMPLE}.`,
  ),
  'address-not-a-url': entry<{ suggestion: string }>(
    400,
    ({ suggestion }) =>
      `This is not the address of a repository. ${suggestion ? `Did you mean ${suggestion}?` : `Enter one like ${EXAMPLE}.`}`,
  ),
  'address-credentials': entry(
    400,
    () =>
      'The repository address holds a user name or password, which would end up in logs and pages. Nothing was stored. Enter it without; for a private repository whoever runs this server gives it a token for that host (secrets file). If the password was real, change it.',
  ),
  'address-query': entry(
    400,
    () =>
      'The repository address has a part after "?" or "#", which git cannot use. Enter it without that part, and the branch in its own field.',
  ),
  'address-of-page': entry<{ meant: string; address: string }>(
    400,
    ({ meant, address }) =>
      `This is the address of a page about a repository, as a browser shows it: did you mean ${meant}? The branch, tag or commit has a field of its own (--ref). If the repository is really called so, write ${address}.git.`,
  ),
  'address-no-path': entry<{ host: string }>(
    400,
    ({ host }) => `The address names the host ${host} but no repository on it. Enter one like ${EXAMPLE}.`,
  ),
  'address-http': entry<{ host: string }>(
    400,
    ({ host }) =>
      `Marteau clones over https, because over http anybody on the way could change the code. Use https://${host}/…; for an internal host whoever runs this server can allow it (MARTEAU_ALLOW_HOSTS).`,
  ),
  'address-file': entry(
    403,
    () =>
      'This server does not clone from its own disk. Use an https address; on a machine of your own, MARTEAU_ALLOW_PRIVATE=1 allows it.',
  ),
  'address-private': entry<{ host: string; address: string; kind: string }>(
    403,
    ({ host, address, kind }) =>
      `${host === address ? host : `${host} (${address})`} is ${kind}, which this server does not clone from. If it is a git host of yours, whoever runs this server can allow it (MARTEAU_ALLOW_HOSTS=${host}).`,
  ),
  'host-unknown': entry<{ host: string }>(
    502,
    ({ host }) => `There is no host called ${host}, or it cannot be looked up from here. Check the address.`,
    true,
  ),
  'allowed-hosts-wrong': entry<{ entry: string }>(
    500,
    ({ entry: wrong }) =>
      `"${wrong}" in MARTEAU_ALLOW_HOSTS is neither a host's name nor a network. Write names (git.example.com, *.example.com), addresses (10.1.2.3) or networks (10.0.0.0/8), with commas between.`,
  ),
};

/** What can be wrong with the branch, tag or commit. */
const refErrors = {
  'ref-wrong': entry<{ ref: string; detail: string }>(
    400,
    ({ ref, detail }) =>
      `"${ref}" cannot be a branch, tag or commit: ${detail}. Enter a name like main or v1.2, or a full commit of 40 digits.`,
  ),
  'ref-short-sha': entry<{ ref: string }>(
    422,
    ({ ref }) =>
      `There is no branch or tag "${ref}". If it is a commit, enter all of its 40 digits (git rev-parse ${ref}): git hosts do not look up shortened ones.`,
  ),
  'ref-unknown': entry<{ ref: string; repo: string; branches: string }>(
    422,
    ({ ref, repo, branches }) =>
      `${repo} has no branch, tag or commit "${ref}". ${branches ? `Its branches are ${branches}.` : 'It has no branches.'}`,
  ),
  'ref-not-a-commit': entry<{ ref: string; repo: string }>(
    422,
    ({ ref, repo }) =>
      `"${ref}" of ${repo} names a single file or folder, not a commit. Enter a branch, a commit, or a tag of one.`,
  ),
  'commit-unknown': entry<{ ref: string; repo: string }>(
    422,
    ({ ref, repo }) =>
      `${repo} has no commit ${ref}, or does not give it out. Push the commit, or enter the branch that it is on.`,
  ),
};

/** What can go wrong between us and the git host. */
const cloneErrors = {
  'clone-authentication': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `Could not clone ${repo}: authentication required. Make the repository public, or give the server a token for its host (secrets file). Some hosts say the same of a repository that does not exist, so check the address too.`,
  ),
  'clone-token-refused': entry<{ repo: string; host: string }>(
    422,
    ({ repo, host }) =>
      `Could not clone ${repo}: ${host} refused this server's token for it. The token may have expired or may not read this repository; renew it in the secrets file.`,
  ),
  'clone-not-found': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `Could not clone ${repo}: the host has no such repository. Check the address; a private one may look so, too, when the server has no token for its host (secrets file).`,
  ),
  'clone-unreachable': entry<{ repo: string; host: string; detail: string }>(
    502,
    ({ repo, host, detail }) =>
      `Could not clone ${repo}: ${host} cannot be reached from here (${detail}). Check the address, or try again later.`,
    true,
  ),
  'clone-certificate': entry<{ repo: string; host: string; detail: string }>(
    502,
    ({ repo, host, detail }) =>
      `Could not clone ${repo}: the certificate of ${host} is not trusted here (${detail}). If the host is internal, whoever runs this server can add its authority to the system's (update-ca-certificates).`,
  ),
  'clone-tls': entry<{ repo: string; host: string; detail: string }>(
    502,
    ({ repo, host, detail }) =>
      `Could not clone ${repo}: no encrypted connection to ${host} came about (${detail}). Check the address and its port.`,
  ),
  'clone-redirect': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `Could not clone ${repo}: the host sends to another address, which Marteau does not follow. Open the repository in a browser and enter the address that it ends at.`,
  ),
  'clone-empty': entry<{ repo: string }>(
    422,
    ({ repo }) => `${repo} is empty: it has no commit yet. Push one that holds a .marteau.yml.`,
  ),
  'clone-too-large': entry<{ repo: string; limit: string }>(
    422,
    ({ repo, limit }) =>
      `${repo} is larger than ${limit}, which is what this server fetches at most. Keep large files out of the repository, or put the load test into one of its own.`,
  ),
  'clone-too-many-files': entry<{ repo: string; limit: number }>(
    422,
    ({ repo, limit }) =>
      `${repo} has more than ${limit} files, which is what this server fetches at most. Put the load test into a repository of its own.`,
  ),
  'clone-flood': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `${repo} has so many files or branches that their names alone are more than this server reads. Put the load test into a repository of its own.`,
  ),
  'clone-memory': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `${repo} needs more memory than this server gives to git. Keep huge files out of the repository, or put the load test into one of its own.`,
  ),
  'clone-static': entry<{ repo: string; host: string }>(
    422,
    ({ repo, host }) =>
      `Could not clone ${repo}: ${host} only serves its plain files, not git's own protocol. Whoever runs that host can set up git http-backend; or push the repository to another host.`,
  ),
  'clone-deadline': entry<{ repo: string; seconds: number }>(
    504,
    ({ repo, seconds }) =>
      `Cloning ${repo} took longer than ${seconds} s and was ended. Try again later; if the repository is large, put the load test into one of its own.`,
    true,
  ),
  'clone-stalled': entry<{ repo: string; host: string }>(
    504,
    ({ repo, host }) => `Could not clone ${repo}: ${host} stopped sending. Try again later.`,
    true,
  ),
  'clone-broken-off': entry<{ repo: string; host: string; detail: string }>(
    502,
    ({ repo, host, detail }) => `Could not clone ${repo}: ${host} broke off (${detail}). Try again later.`,
    true,
  ),
  'clone-damaged': entry<{ repo: string; detail: string }>(
    422,
    ({ repo, detail }) =>
      `Could not clone ${repo}: git found damaged or dangerous content in it (${detail}). "git fsck" in a clone says more.`,
  ),
  'clone-ownership': entry<{ repo: string }>(
    422,
    ({ repo }) =>
      `Could not clone ${repo}: its folder belongs to another user than this server runs as, and git does not read it then. Change its owner, or serve it over https.`,
  ),
  'clone-disk-full': entry<{ repo: string }>(
    507,
    ({ repo }) => `Could not clone ${repo}: the disk of this node is full. Free space there, then try again.`,
    true,
  ),
  'clone-failed': entry<{ repo: string; detail: string }>(
    502,
    ({ repo, detail }) =>
      `Could not clone ${repo}. Git said: ${detail}. Try the same with git clone by hand.`,
  ),
  'git-missing': entry(
    503,
    () => 'git is not on this node, so nothing can be cloned. Install it (sudo apt-get install git).',
  ),
  'git-too-old': entry<{ version: string; needed: string }>(
    503,
    ({ version, needed }) =>
      `git ${version} on this node cannot be held to the addresses that were checked. Install git ${needed} or newer, or name the trusted hosts in MARTEAU_ALLOW_HOSTS.`,
  ),
};

/** What can be wrong with the files themselves. */
const treeErrors = {
  'marteau-file-symlink': entry(
    422,
    () =>
      'The .marteau.yml of this repository is a symbolic link, which Marteau does not follow. Make it a file.',
  ),
  'marteau-file-folder': entry(422, () => 'The .marteau.yml of this repository is a folder. Make it a file.'),
  'marteau-file-too-large': entry<{ limit: string }>(
    422,
    ({ limit }) =>
      `The .marteau.yml of this repository is larger than ${limit}. Keep data in files of its own.`,
  ),
  'marteau-file-not-text': entry(
    422,
    () => 'The .marteau.yml of this repository is not UTF-8 text. Save it in that encoding.',
  ),
  'tree-too-large': entry<{ limit: string }>(
    422,
    ({ limit }) => `The project's files are larger than ${limit} together. Keep large files out of it.`,
  ),
  'tree-too-many-files': entry<{ limit: number }>(
    422,
    ({ limit }) =>
      `The project has more than ${limit} files and folders. Put the load test into a project of its own.`,
  ),
  'tree-refused': entry<{ path: string; detail: string }>(
    422,
    ({ path, detail }) =>
      `The packed project holds "${path}", ${detail}. Nothing of it was kept; run it again.`,
  ),
  'tree-damaged': entry<{ detail: string }>(
    500,
    ({ detail }) => `The packed project is damaged (${detail}), so it was not unpacked. Run it again.`,
    true,
  ),
};

/** What can go wrong with git and a project's tree. */
export const sourceErrors = { ...addressErrors, ...refErrors, ...cloneErrors, ...treeErrors };
