-- Whether a share may go on. Also how a share job is taken: nothing but a valid slot is asked for.
if not share_is_valid(args.lease) then return 'lost' end
local run = fields(key('run', args.lease.runId), 'state', 'attempt', 'ending', 'stopped', 'lost')
if tonumber(run.attempt) ~= args.lease.attempt then return 'lost' end
if run.ending then return run.ending == 'cancel' and 'cancelled' or 'aborted' end
if run.state ~= 'running' then return 'lost' end
if run.stopped == '1' or #decoded(run.lost) > 0 then return 'stop' end
return 'go'
