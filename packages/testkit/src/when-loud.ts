/** What is said where the machine had other work: the generator shaped the numbers, or the load was uneven. */
const LOUD = /the generator, not the target|no steady state before the fault/i;
const MOST_ATTEMPTS = 5;

/**
 * Runs a load until the machine was quiet enough for a verdict, five times at most. INVALID is the right answer on a
 * machine that is busy with something else, and other tests are; what follows is about another verdict.
 * @param said what a run said of itself
 */
export async function againWhenLoud<Ran>(
  run: () => Promise<Ran>,
  said: (ran: Ran) => string | null | undefined,
): Promise<Ran> {
  for (let attempt = 1; ; attempt += 1) {
    const ran = await run();
    if (attempt === MOST_ATTEMPTS || !LOUD.test(said(ran) ?? '')) return ran;
  }
}
