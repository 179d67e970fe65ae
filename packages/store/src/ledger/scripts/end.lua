-- The compare-and-set that ends a run: only the valid holder ends it, and only once. Safe to repeat.
heal()
local id, token = args.lease.runId, job_token(args.lease)
local run = fields(key('run', id), 'state', 'endedBy')
if run.endedBy == token then return 1 end
if not job_is_valid(args.lease) or run.state == 'cancelling' then return 0 end
if args.state == 'finished' and run.state ~= 'reporting' then return 0 end
run_set(id, 'endedBy', token, 'verdict', args.verdict, 'reason', args.reason,
  'reasonCode', args.reasonCode, 'summary', args.summary, 'hasReport', args.hasReport and '1' or '0')
if given(args.recipients) then run_set(id, 'recipients', with_recipients(id, args.recipients)) end
finish(id, args.state)
return 1
