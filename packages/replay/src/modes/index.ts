import type { Mode } from '../standin/options.ts';
import type { ModeHandler } from './context.ts';
import { diff } from './diff.ts';
import { off, record, replayOrRecord } from './record.ts';
import { replay } from './replay.ts';

/** What each mode does with a call. */
export const handlers: Record<Mode, ModeHandler> = { off, record, replay, replayOrRecord, diff };
