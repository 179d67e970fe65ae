import type { Scale } from './scale.js';

/** Equal intervals on the time axis of a chart that ends at `end` ms. */
export interface TimeGrid {
  readonly from: number;
  readonly width: number;
  readonly end: number;
}
export const plotWidth: number;
export const plotHeight: number;
export function yOf(scale: Scale, value: number): number;
export function linePath(values: ArrayLike<number | null>, grid: TimeGrid, scale: Scale): string;
export function dotsPath(values: ArrayLike<number | null>, grid: TimeGrid, scale: Scale): string;
export function bandPath(
  lower: ArrayLike<number | null>,
  upper: ArrayLike<number | null>,
  grid: TimeGrid,
  scale: Scale,
): string;
export function stairPath(values: ArrayLike<number>, grid: TimeGrid, scale: Scale): string;
export function strokesPath(values: ArrayLike<number>, grid: TimeGrid, scale: Scale): string;
export function through(dots: readonly (readonly [x: number, y: number])[]): string;
