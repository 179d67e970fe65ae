export { decodeInto } from './histogram/decode.ts';
export { distributionOf, encodeHistogram, encodeNarrow } from './histogram/encode.ts';
export { Histogram } from './histogram/histogram.ts';
export {
  cellOf,
  highestOf,
  type Layout,
  layouts,
  lowestOf,
  threeDigits,
  twoDigits,
} from './histogram/layout.ts';
export { addTimes, readHistograms, readTimes } from './histogram/sum.ts';
export { countBelow, isKnown, noTimes, rankOf, type Times, timeAt, timesAt } from './histogram/times.ts';
export { MOST_STORED, zlibStored } from './histogram/zlib-stored.ts';
export { Meter, type MeteredSecond } from './live/meter.ts';
export { Probe } from './live/probe.ts';
export { StopIf } from './live/stop-if.ts';
export type { Span } from './record/close-up.ts';
export { addCounts, addPhases, type Counts, type PhaseSum } from './record/counts.ts';
export {
  FailureCounter,
  FailureGroups,
  type FailureNote,
  failureInWords,
  foldMessage,
  recordedCount,
} from './record/failures.ts';
export { type Fold, labeller } from './record/label.ts';
export { addTo, LabelTally, micros } from './record/label-tally.ts';
export { addThreads, joinLoad } from './record/load-series.ts';
export { type Metric, MetricCount, type MetricSnapshot, metricKey, metricScales } from './record/metrics.ts';
export { Recorder, type Second } from './record/recorder.ts';
export { joinWorst } from './record/series.ts';
export { type Batch, ShareRecorder } from './record/share-recorder.ts';
export type { LabelSnapshot, LoadSnapshot, Snapshot, StageStarts, Unfinished } from './record/snapshot.ts';
export type { ScheduledStage } from './record/windows.ts';
export * from './schema/chaos-record.ts';
export * from './schema/connections.ts';
export * from './schema/custom-metric.ts';
export * from './schema/distribution.ts';
export * from './schema/hosts.ts';
export { most } from './schema/limits.ts';
export * from './schema/measurements.ts';
export { EngineMessage, type LabelsMessage } from './schema/messages.ts';
export * from './schema/peer.ts';
export * from './schema/recording-record.ts';
export * from './schema/source.ts';
export * from './schema/starts.ts';
export { apdexScore, DEFAULT_APDEX_US } from './threshold/apdex.ts';
export { defaultsBeside, defaultThresholds } from './threshold/defaults.ts';
export { holds } from './threshold/holds.ts';
export { measureCustom, measureThreshold } from './threshold/measure.ts';
export { CLOSED, mainAspect, metricOf } from './threshold/metrics.ts';
export type { Circumstances, Observed } from './threshold/observed.ts';
export { type ParsedThreshold, parseThreshold, type ThresholdMistake } from './threshold/parse.ts';
export { boundInWords, inWords, subjectInWords } from './threshold/print.ts';
export { isMeant, kindMeant, labelsMeant, metricsMeant } from './threshold/subject.ts';
export { Comparison, Threshold, ThresholdUnit } from './threshold/threshold.ts';
