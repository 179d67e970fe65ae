/** From here on the users of a thread share instances: each costs 15 to 30 KB and half a millisecond. */
export const MOST_INSTANCES = 1000;

/** What that means, for whoever reads the report or checks a file. */
export const instancesAreShared = `More than ${MOST_INSTANCES} users of a thread share instances of the script: what it keeps at its top level does not belong to one user alone. Use more nodes, or keep nothing there.`;
