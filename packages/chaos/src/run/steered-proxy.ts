import type { BehaviorSetting } from '../proxy/behavior-setting.ts';

/**
 * What a proxy elsewhere was before a run changed it, where the proxy itself does not go back to it. Plain JSON: it is
 * written down before the first change, so that somebody else can restore it.
 */
export type PriorState =
  | {
      readonly kind: 'toxiproxy';
      readonly control: string;
      readonly proxy: string;
      readonly enabled: boolean;
    }
  | { readonly kind: 'vaurien'; readonly control: string; readonly behavior: VaurienBehavior };

/** As Vaurien's API takes it: the name and the options. */
type VaurienBehavior = Readonly<Record<string, unknown>> & { readonly name: string };

/** A proxy that a run breaks, wherever it stands and whosever it is. */
export interface SteeredProxy {
  readonly name: string;
  readonly upstream: string;
  readonly protocol: string;
  /** What it was before the run; null where its faults end by themselves when nobody steers it any longer. */
  readonly prior: PriorState | null;
  /** @throws chaos-control-failed, chaos-wrong */
  break(setting: BehaviorSetting & { name: string }): Promise<void>;
  /** Takes one off again. Resolves also when it is off already. @throws chaos-control-failed */
  heal(setting: BehaviorSetting & { name: string }): Promise<void>;
  /** Puts back what was there before the run. @throws chaos-control-failed */
  restore(): Promise<void>;
  /** How much passed, or wanted to, so far: a number that only grows. Null where the proxy does not tell. */
  passed(): Promise<number | null>;
}
