-- Says what a run does inside its state.
local id = args.lease.runId
local is_valid = args.lease.stage == 'share' and share_is_valid or job_is_valid
if not is_valid(args.lease) then return 0 end
run_set(id, 'phase', given(args.phase) and cjson.encode(args.phase) or '')
local event = { type = 'state', at = now, state = field(key('run', id), 'state'), phase = args.phase,
  verdict = cjson.null, reason = cjson.null }
redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
return 1
