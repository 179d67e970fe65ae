import { countOf } from '@marteau/shared';
import { type Check, type Finding, odd, ok, wrong } from '../check.ts';

const NODE = 24;

export const versions: Check = {
  name: 'Versions and nodes',
  async look({ store, version }) {
    const findings: Finding[] = [];
    const own = process.versions.node;
    if (Number.parseInt(own, 10) < NODE)
      findings.push(wrong(`Node.js ${own} runs this; Marteau needs ${NODE}. npm start brings it.`));
    if (store === null) return findings;
    const nodes = await store.nodes.list();
    const alive = nodes.filter(({ state }) => state !== 'dead');
    for (const { name, versions: theirs } of alive)
      if (theirs.marteau !== version)
        findings.push(
          odd(
            `Node ${name} is Marteau ${theirs.marteau}, and this is ${version}. Both work beside each other; update what is older.`,
          ),
        );
    for (const { name } of nodes.filter(({ state }) => state === 'dead'))
      findings.push(
        odd(`Node ${name} is not heard of any more. Start its worker, or forget it on the page of nodes.`),
      );
    if (!alive.some(({ roles }) => roles.includes('load')))
      findings.push(wrong('No node generates load, so runs wait. Start a worker: /docs/running-a-node.'));
    if (!alive.some(({ roles }) => roles.includes('desk')))
      findings.push(
        wrong('No node prepares and reports, so runs wait. Start a worker with MARTEAU_ROLES=desk,load.'),
      );
    if (await store.ledger.paused())
      findings.push(odd('The queue is paused: nothing new starts. Resume it on the page of nodes.'));
    return findings.length > 0
      ? findings
      : [
          ok(
            `${countOf(alive.length, 'node')} of Marteau ${version} ${alive.length === 1 ? 'is' : 'are'} there.`,
          ),
        ];
  },
};
