import { type Check, odd, ok } from '../check.ts';

const NOTICED_MS = 2000;
const ADVICE =
  'Runs are not affected, as Redis’s clock is the only one; certificates and logs are. Let chrony or systemd-timesyncd set it.';

export const clocks: Check = {
  name: 'Clocks',
  async look({ store }) {
    if (store === null) return [];
    const { clockOffset } = await store.health();
    const nodes = (await store.nodes.list()).filter(({ state }) => state !== 'dead');
    const off = [
      { what: 'This machine’s clock', offset: clockOffset },
      ...nodes.map((node) => ({ what: `The clock of node ${node.name}`, offset: node.clockOffset })),
    ].filter(({ offset }) => Math.abs(offset) > NOTICED_MS);
    if (off.length === 0) return [ok('All clocks are within two seconds of Redis’s.')];
    return off.map(({ what, offset }) =>
      odd(
        `${what} is ${Math.round(Math.abs(offset) / 1000)} s ${offset > 0 ? 'ahead of' : 'behind'} Redis’s. ${ADVICE}`,
      ),
    );
  },
};
