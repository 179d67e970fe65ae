-- "Stop and report": ends the load now and keeps what was measured.
-- args: id
-- returns 'stopped' | '' for an unknown run | 'early' before the load started | 'ended STATE' or the state it is in
heal()
local run = run_get(args.id, 'state', 'startAt', 'ending')
if not run[1] then return '' end
if run[1] == 'running' and given(run[3]) then return 'cancelling' end
if run[1] == 'running' and given(run[2]) then
  run_set(args.id, 'stopped', '1')
  tell(args.id)
  return 'stopped'
end
if run[1] == 'queued' or run[1] == 'preparing' or run[1] == 'waiting' or run[1] == 'running' then return 'early' end
return run[1]
