/** How this process does. */
export interface Standing {
  /** It takes nothing new. */
  isLeaving: boolean;
  isBusy: boolean;
}
