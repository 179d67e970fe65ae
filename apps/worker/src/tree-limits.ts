/** What a project may weigh: fetched, packed and unpacked. */
export const treeLimits = { maxBytes: 512 * 1024 * 1024, maxFiles: 50_000, maxEntries: 100_000 };
