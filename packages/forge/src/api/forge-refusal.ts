/** Why a forge did not do what it was asked; the message is a sentence for a person. */
export class ForgeRefusal extends Error {
  override readonly name = 'ForgeRefusal';
  readonly status: number;
  /** Whether the same may succeed later. */
  readonly again: boolean;
  /** Not before, in ms from now; null where nothing is said of it. */
  readonly afterMs: number | null;

  constructor(
    message: string,
    {
      status = 0,
      again = false,
      afterMs = null,
    }: { status?: number; again?: boolean; afterMs?: number | null } = {},
  ) {
    super(message);
    this.status = status;
    this.again = again;
    this.afterMs = afterMs;
  }
}
