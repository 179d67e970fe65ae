-- Cancels: at once when nobody works on the run, else it is cancelling until all acknowledged or are dead.
heal()
local id = args.id
local run = fields(key('run', id), 'state', 'desk')
local state = run.state
if not state then return '' end
if has_ended[state] then return 'ended ' .. state end
if state == 'cancelling' then return state end

run_set(id, 'cancelledBy', args.except, 'reason', args.reason)
redis.call('HDEL', key('doomed'), id)
if state == 'running' then
  abort(id, 'cancel', 'cancelled')
  set_state(id, 'cancelling')
  settle(id)
elseif run.desk then
  set_state(id, 'cancelling')
else
  finish(id, 'cancelled')
end
return field(key('run', id), 'state')
