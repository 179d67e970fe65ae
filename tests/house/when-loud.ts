/** What a run says whose generator, and not its target, shaped the numbers: the machine had other work. */
const LOUD = /The generator, not the target/;
const MOST_ATTEMPTS = 3;

/**
 * Runs a load until the machine was quiet enough for a verdict, three times at most. INVALID is the right answer on a
 * machine that is busy with something else, and other tests are; what follows is about another verdict.
 */
export async function againWhenLoud<Ran>(
  run: () => Promise<Ran>,
  said: (ran: Ran) => string | null,
): Promise<Ran> {
  for (let attempt = 1; ; attempt += 1) {
    const ran = await run();
    if (attempt === MOST_ATTEMPTS || !LOUD.test(said(ran) ?? '')) return ran;
  }
}
