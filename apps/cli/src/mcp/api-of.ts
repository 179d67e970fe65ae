import { type Api, ApiRefusal } from '@marteau/mcp';
import { CommandError } from '../errors/command-error.ts';
import type { Server } from '../submit/server.ts';

/** The API of a server, as its tools use it: with the key of whoever started the command. */
export function apiOf(server: Server): Api {
  return {
    async call<T>(
      method: 'GET' | 'POST',
      path: string,
      body?: object,
      headers: Record<string, string> = {},
    ): Promise<T> {
      try {
        return await server.json<T>(path, { method, headers, ...(body && { body }) });
      } catch (error) {
        if (error instanceof CommandError) throw new ApiRefusal('', error.message);
        throw error;
      }
    },
  };
}
