-- The compare-and-set that ends a run: only the valid holder ends it, and only once. Safe to repeat.
-- args: lease, state ('finished' | 'error'), verdict, reason, reasonCode, summary (JSON or ''), hasReport
-- returns 1, or 0 when the lease is lost, the run was cancelled or has ended
heal()
local id = args.lease.runId
local run = run_get(id, 'state', 'endedBy')
if run[2] == job_token(args.lease) then return 1 end
if not job_is_valid(args.lease) or run[1] == 'cancelling' then return 0 end
if args.state == 'finished' and run[1] ~= 'reporting' then return 0 end
run_set(id, 'endedBy', job_token(args.lease), 'verdict', args.verdict, 'reason', args.reason,
  'reasonCode', args.reasonCode, 'summary', args.summary, 'hasReport', args.hasReport and '1' or '0')
finish(id, args.state)
return 1
