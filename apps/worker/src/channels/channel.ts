import type { Run } from '@marteau/shared';
import type { DueDelivery } from '@marteau/store';

/** A way by which somebody outside is told what became of a run. To add one, see README.md of this app. */
export interface Channel {
  /** As recipients name it. */
  readonly kind: string;
  /** Tries once. Never throws for what the other side does. */
  tell(run: Run, delivery: DueDelivery): Promise<Told>;
}

/** What became of one try. `later`: the other side may take it another time. `refused`: it never will. */
export interface Told {
  outcome: 'sent' | 'later' | 'refused';
  /** One line: what the other side answered, or why it did not. */
  detail: string;
  /** Where it can be looked at: an address, or a path on the server. */
  page?: string | null;
}
