export { closeSpans } from './close-spans.ts';
export { describePlan, describeRunner } from './describe-plan.ts';
export { planLengthMs } from './length.ts';
export { mostRate, mostUsers } from './most.ts';
export { oncePlan, preflightPlan } from './small-plans.ts';
