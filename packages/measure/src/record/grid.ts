/** Most intervals of a series. */
const MOST_POINTS = 1200;
/** Most points of all series together: with many labels the intervals are wider. */
const MOST_IN_ALL = 60_000;
const FEWEST_POINTS = 60;

/** How wide the intervals of all series are, in seconds: 1, 2, 4, … as the run grows. */
export class Grid {
  width = 1;

  /** How often the width has to be doubled so that this second, for so many series, still fits. */
  widen(second: number, series: number): number {
    const most = Math.max(
      FEWEST_POINTS,
      Math.min(MOST_POINTS, Math.floor(MOST_IN_ALL / Math.max(1, series))),
    );
    let times = 0;
    while (Math.floor(second / this.width) >= most) {
      this.width *= 2;
      times += 1;
    }
    return times;
  }
}
