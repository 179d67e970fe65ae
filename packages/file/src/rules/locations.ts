import { parseThreshold } from '@marteau/measure';
import { nearest } from '@marteau/shared';
import { thresholdTexts } from './faults.ts';
import type { Rule } from './rule.ts';

const MOST_NODES = 1000;

/** Each location has a name of its own, and they are not more nodes together than a run may have. */
export const ownNames: Rule = {
  reads: ['nodes'],
  check({ nodes }, report) {
    if (!Array.isArray(nodes)) return;
    const seen = new Set<string>();
    let all = 0;
    for (const [i, { name, count = 1 }] of nodes.entries()) {
      if (seen.has(name))
        report(['nodes', i, 'name'], `'${name}' is the name of two locations`, 'rename one');
      seen.add(name);
      all += count;
    }
    if (all > MOST_NODES) report(['nodes'], `nodes are ${all} together`, `${MOST_NODES} is the most`);
  },
};

/** A threshold of a location names one of the file's; while the load runs nobody sees a whole location. */
export const knownLocations: Rule = {
  reads: ['nodes', 'thresholds', 'stopIf'],
  check(file, report) {
    const names = Array.isArray(file.nodes) ? file.nodes.map(({ name }) => name) : [];
    for (const [path, text] of thresholdTexts(file)) {
      const parsed = parseThreshold(text);
      if ('mistake' in parsed || parsed.threshold.location === undefined) continue;
      const { location } = parsed.threshold;
      if (path[0] === 'stopIf')
        report(
          path,
          `'${text}' cannot end the load: each node judges what it sees itself`,
          'put it into thresholds',
        );
      else if (!names.includes(location)) {
        const near = nearest(location, names);
        report(
          path,
          `'${text}' is never judged: no location is called '${location}'`,
          near !== null
            ? `did you mean '${near}'?`
            : names.length > 0
              ? `locations are ${names.join(', ')}`
              : 'name it in nodes: [{name: eu, count: 2, labels: {region: eu}}]',
        );
      }
    }
  },
};
