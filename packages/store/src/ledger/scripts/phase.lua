-- Says what a run does inside its state.
-- args: lease, phase (object or null)
-- returns 1, or 0 when the lease is lost
local id = args.lease.runId
local is_valid = args.lease.stage == 'share' and share_is_valid or job_is_valid
if not is_valid(args.lease) then return 0 end
local state = run_get(id, 'state')[1]
local json = args.phase == cjson.null and '' or cjson.encode(args.phase)
run_set(id, 'phase', json)
local event = { type = 'state', at = now, state = state, phase = args.phase, verdict = cjson.null, reason = cjson.null }
redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
return 1
