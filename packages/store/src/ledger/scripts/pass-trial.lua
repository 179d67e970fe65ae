-- preparing → waiting: the script was tried, and somebody got through it.
-- args: hold
-- returns 'waiting' | 'cancelled' | 'lost'
local id = args.hold.runId
if not desk_is_held(args.hold) then return 'lost' end
if run_get(id, 'state')[1] == 'cancelling' then return 'cancelled' end
leave_desk(id)
run_set(id, 'deaths', 0, 'unmetSince', '')
set_state(id, 'waiting')
enter_lane(id)
return 'waiting'
