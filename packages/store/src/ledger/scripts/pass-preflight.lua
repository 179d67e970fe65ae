-- preparing → waiting: the script was tried, and somebody got through it.
local id = args.lease.runId
if not job_is_valid(args.lease) then return 'lost' end
if field(key('run', id), 'state') == 'cancelling' then return 'cancelled' end
leave_job(id)
run_set(id, 'deaths', 0, 'unmetSince', '')
set_state(id, 'waiting')
enter_group(id)
return 'waiting'
