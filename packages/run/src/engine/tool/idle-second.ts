/** A second of a generator of which only some figures are known. */
export const idleSecond = {
  users: 0,
  offered: 0,
  started: 0,
  late: 0,
  dropped: 0,
  userFailures: 0,
  loopDelay: 0,
  sockets: 0,
  gc: 0,
  between: 0,
};
