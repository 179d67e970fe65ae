import { entry } from './entry.ts';

const ask = (labels: string) => (labels ? ` with ${labels}` : '');

/** What the store refuses: runs that cannot be placed, names that clash, folders that are taken. */
export const storeErrors = {
  'too-few-nodes': entry<{
    wanted: number;
    have: number;
    labels: string;
    app?: boolean;
    most?: number | null;
  }>(
    409,
    ({ wanted, have, labels, app, most }) =>
      `The run asks for ${wanted} nodes${ask(labels)}${app ? ' (one of them for its app)' : ''}, and ${have === 0 ? 'none is' : have === 1 ? 'only one is' : `only ${have} are`} registered here${most ? `, where no more than ${most} are started (MARTEAU_NODES_MAX). Ask for fewer nodes` : '. Ask for fewer nodes, or start more workers'}.`,
  ),
  'nodes-missing': entry<{
    wanted: number;
    have: number;
    labels: string;
    minutes: number;
    app?: boolean;
  }>(
    503,
    ({ wanted, have, labels, minutes, app }) =>
      `The run asks for ${wanted} nodes${ask(labels)}${app ? ' (one of them for its app)' : ''}; for ${minutes} min no more than ${have} were there. Start the missing workers or ask for fewer nodes, then run it again.`,
    true,
  ),
  'attempts-used-up': entry<{ attempts: number; why: string }>(
    500,
    ({ attempts, why }) =>
      `Nodes were allotted ${attempts} times and the load never started; the last time because ${why}. Look at the nodes' logs, then run it again.`,
    true,
  ),
  'prepare-died': entry<{ tries: number }>(
    500,
    ({ tries }) =>
      `The workers that prepared this run died ${tries} times, so it was given up. The repository may be too large for their memory; look at the workers' logs.`,
  ),
  'preflight-died': entry<{ tries: number }>(
    500,
    ({ tries }) =>
      `The nodes that tried the script of this run died ${tries} times, so it was given up. The script or its app may take more memory than they have; look at the workers' logs.`,
    true,
  ),
  'finalize-died': entry<{ tries: number }>(
    500,
    ({ tries }) =>
      `The load is over, but the workers that made its report died ${tries} times, so it was given up. The measurements are in the run's folder; look at the workers' logs.`,
  ),
  'lost-with-redis': entry<{ state: string }>(
    500,
    ({ state }) =>
      `The run was lost when the queue (Redis) lost its data; before that it was ${state}. Run it again.`,
    true,
  ),
  'node-name-taken': entry<{ name: string; host: string }>(
    409,
    ({ name, host }) =>
      `Another worker on ${host} is called ${name} and is alive. Give this one a name of its own (MARTEAU_NODE).`,
  ),
  'bad-node-name': entry<{ name: string }>(
    400,
    ({ name }) =>
      `"${name}" cannot be a node's name. Use letters, digits and inner dashes, at most 63, for instance load-1.`,
  ),
  'node-alive': entry<{ name: string }>(
    409,
    ({ name }) => `The node ${name} is alive, so it is not forgotten. Stop its worker first, or disable it.`,
  ),
  'data-folder-unusable': entry<{ folder: string; why: string }>(
    500,
    ({ folder, why }) =>
      `The data folder ${folder} cannot be used: ${why}. Set MARTEAU_DATA to a folder that this process may write to.`,
  ),
  'data-folder-locked': entry<{
    folder: string;
    pid: number;
    elsewhere: { host: string; file: string } | null;
  }>(409, ({ folder, pid, elsewhere }) =>
    elsewhere === null
      ? `Marteau already runs on ${folder} (process ${pid}). Stop that one, or set MARTEAU_DATA to another folder.`
      : `Marteau on the machine ${elsewhere.host} (process ${pid}) has locked ${folder}, and nobody can see from here whether it still runs. Stop it there, or set MARTEAU_DATA to another folder. If it has ended without giving the folder back, or ${elsewhere.host} is what this machine was called before and no Marteau runs on it, removing ${elsewhere.file} is safe: remove it and start again.`,
  ),
  'bad-tag': entry<{ tag: string | null; most: number }>(400, ({ tag, most }) =>
    tag === null
      ? `A run has at most ${most} tags.`
      : `"${tag}" cannot be a tag: one has 1 to 40 characters, without spaces and commas.`,
  ),
  'project-busy': entry<{ run: string }>(
    409,
    ({ run }) =>
      `The project cannot be deleted while its run ${run} is on its way. Cancel it, or wait for its end.`,
  ),
  'disk-full': entry<{ file: string }>(
    507,
    ({ file }) =>
      `The disk of the data folder is full, so ${file} was not stored. Delete old runs or free space, then try again.`,
    true,
  ),
  'bad-bucket-address': entry<{ why: string }>(
    400,
    ({ why }) =>
      `MARTEAU_FOLDERS cannot be used: ${why}. It looks like s3://BUCKET/PREFIX?region=eu-central-1, with endpoint=https://HOST for another S3 than Amazon's; credentials go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
  ),
  'bucket-missing': entry<{ bucket: string }>(
    503,
    ({ bucket }) =>
      `There is no bucket "${bucket}" at the S3 that MARTEAU_FOLDERS names. Make it there, or correct the name.`,
  ),
  'bucket-forbidden': entry<{ bucket: string; why: string }>(
    503,
    ({ bucket, why }) =>
      `S3 refuses to let Marteau use the bucket "${bucket}" (${why}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list the bucket and get, put and delete its objects.`,
  ),
  'bucket-elsewhere': entry<{ bucket: string; region: string }>(
    503,
    ({ bucket, region }) =>
      `The bucket "${bucket}" is in ${region ? `the region ${region}` : 'another region'}. Set region=${region || 'REGION'} in MARTEAU_FOLDERS.`,
  ),
  'bucket-unreachable': entry<{ bucket: string; at: string; why: string }>(
    503,
    ({ bucket, at, why }) =>
      `The bucket "${bucket}" cannot be reached: ${at} does not answer as it should (${why}). Try again in a moment; if it stays so, check the endpoint in MARTEAU_FOLDERS and the network.`,
    true,
  ),
  'bucket-full': entry<{ bucket: string }>(
    507,
    ({ bucket }) =>
      `The bucket "${bucket}" takes no more, so nothing was stored. Delete old runs or give it more room, then try again.`,
    true,
  ),
  'bad-file-name': entry<{ name: string }>(
    400,
    ({ name }) =>
      `"${name}" cannot be the name of a stored file. Names are letters, digits, dots, dashes and underscores, at most three folders deep.`,
  ),
  'stepped-back': entry<{ wrote: string; own: string; folder: string }>(
    500,
    ({ wrote, own, folder }) =>
      `Marteau ${wrote} has written into ${folder} or its Redis, and this one, ${own}, would lose some of that. Start ${wrote} again. To stay with this one, restore a back-up that was made before the upgrade into an empty folder, and start it with an empty Redis: npm run admin -- restore PLACE --at TIME.`,
  ),
  'newer-data': entry<{ what: string; version: string }>(
    500,
    ({ what, version }) =>
      `${what} was written by a newer Marteau (data version ${version}), which this one cannot read. Update this Marteau, or use another data folder.`,
  ),
  'record-damaged': entry<{ what: string; detail: string }>(
    500,
    ({ what, detail }) => `${what} does not fit its schema: ${detail}. Restore it from a back-up.`,
  ),
  'record-unreadable': entry<{ what: string; detail: string }>(
    500,
    ({ what, detail }) => `${what} cannot be read: ${detail}. Look at its rights, and at the disk.`,
  ),
};
