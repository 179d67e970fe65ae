-- "Stop and report": ends the load now and keeps what was measured.
heal()
local id = args.id
local run = fields(key('run', id), 'state', 'startAt', 'ending')
local state = run.state
if not state then return '' end
if state == 'running' and run.ending then return 'cancelling' end
if state == 'running' and run.startAt then
  run_set(id, 'stopped', '1')
  tell(id)
  return 'stopped'
end
if state == 'queued' or state == 'preparing' or state == 'waiting' or state == 'running' then return 'early' end
return state
