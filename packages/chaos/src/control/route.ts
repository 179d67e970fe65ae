import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TSchema } from 'typebox';
import type { Proxies } from './proxies.ts';

/** One call that the control server answers. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts in braces are parameters: `/proxies/{name}`. */
  path: string;
  /** One line for the API's document. */
  about: string;
  /** What the body has to be. */
  body?: TSchema;
  handle(call: ControlCall): Promise<Answer> | Answer;
}

export interface ControlCall {
  proxies: Proxies;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Parsed JSON, checked against the route's schema where it has one. */
  body: unknown;
}

/** Status and body: an object becomes JSON, text stays text; a function writes for as long as it likes. */
export interface Answer {
  status: number;
  body?: object | string | ((response: ServerResponse, request: IncomingMessage) => void);
  type?: string;
}

/** Some routes, and how they tell errors. */
export interface RouteSet {
  routes: readonly Route[];
  error(error: { status: number; code: string; message: string; extra?: object }): object;
}
