import type { World } from '../world.ts';

/** A block of lines at the end of a terminal that is drawn again in place, with other text going above it. */
export class LiveLines {
  readonly #world: World;
  #drawn = 0;
  #lines: readonly string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Draws these lines in place of those drawn before. Lines longer than the terminal are cut. */
  show(lines: readonly string[]): void {
    this.#erase();
    this.#lines = lines.map((line) => line.slice(0, this.#world.columns - 1));
    this.#draw();
  }

  /** Writes text that stays, above the block. */
  above(text: string): void {
    this.#erase();
    this.#world.err(text.endsWith('\n') ? text : `${text}\n`);
    this.#draw();
  }

  /** Leaves nothing of the block behind. */
  clear(): void {
    this.#erase();
    this.#lines = [];
  }

  #draw(): void {
    if (!this.#world.live || this.#lines.length === 0) return;
    this.#world.err(`${this.#lines.join('\n')}\n`);
    this.#drawn = this.#lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#world.err(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
