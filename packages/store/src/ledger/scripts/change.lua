-- The load of a run is going to be another one than its file says.
heal()
local id = args.id
local run = fields(key('run', id), 'state', 'startAt', 'ending', 'attempt', 'stopped')
if not run.state then return {''} end
if run.state ~= 'running' then return {run.state} end
if run.ending then return {'cancelling'} end
if run.stopped == '1' then return {'being stopped'} end
if not run.startAt then return {'not under load yet'} end
run_set(id, 'changed', '1')
tell(id)
return {'changed', tonumber(run.attempt), tonumber(run.startAt), now}
