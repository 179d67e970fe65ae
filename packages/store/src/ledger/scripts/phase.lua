-- Says what a run does inside its state.
-- args: hold, phase (object or null)
-- returns 1, or 0 when the hold is lost
local id = args.hold.runId
local held
if args.hold.stage == 'share' then held = share_is_held(args.hold) else held = desk_is_held(args.hold) end
if not held then return 0 end
local state = run_get(id, 'state')[1]
local json = args.phase == cjson.null and '' or cjson.encode(args.phase)
run_set(id, 'phase', json)
local event = { type = 'state', at = now, state = state, phase = args.phase, verdict = cjson.null, reason = cjson.null }
redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
return 1
