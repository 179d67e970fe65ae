import type { Bench } from './bench.ts';
import { measureHistory } from './scale/history.ts';

/** A large installation: what a page costs when much has been run, and how long keeping it takes. */
export const bench: Bench = {
  name: 'scale',
  about: 'lists, search, rebuild and back-up of 10,000 runs (MARTEAU_BENCH_RUNS) against 1,000',
  goals: {
    home_few_vs_many: { better: 'lower', goal: 1.2 },
    list_few_vs_many: { better: 'lower', goal: 1.2 },
    search_few_vs_many: { better: 'lower', goal: 1.2 },
    rebuild_s: { better: 'lower', goal: 30 },
    backup_s: { better: 'lower', goal: 60 },
    increment_s: { better: 'lower', goal: 5 },
  },
  run: ({ rounds, say }) => measureHistory(rounds, say),
};
