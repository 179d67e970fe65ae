export { buildPlan } from './build-plan.ts';
export { closeSpans } from './close-spans.ts';
export { describePlan } from './describe-plan.ts';
export { bisections } from './find.ts';
export { planLengthMs, runLengthMs } from './length.ts';
export { oncePlan, preflightPlan } from './small-plans.ts';
