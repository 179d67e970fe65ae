-- Whether a share may go on. Also how a share job is taken: nothing but a valid slot is asked for.
-- args: lease
-- returns 'go' | 'stop' (end the load, keep what was measured) | 'cancelled' | 'aborted' | 'lost'
if not share_is_valid(args.lease) then return 'lost' end
local run = run_get(args.lease.runId, 'state', 'attempt', 'ending', 'stopped', 'lost')
if tonumber(run[2]) ~= args.lease.attempt then return 'lost' end
if run[3] == 'cancel' then return 'cancelled' end
if given(run[3]) then return 'aborted' end
if run[1] ~= 'running' then return 'lost' end
if run[4] == '1' or (given(run[5]) and run[5] ~= '[]') then return 'stop' end
return 'go'
