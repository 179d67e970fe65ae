-- Cancels: at once when nobody works on the run, else it is cancelling until all acknowledged or are dead.
-- args: id, except (an address that gets no mail about it, or ''), reason
-- returns the state that it has now, '' for an unknown run, or 'ended STATE'
heal()
local id = args.id
local run = run_get(id, 'state', 'desk')
local state = run[1]
if not state then return '' end
if state == 'finished' or state == 'cancelled' or state == 'error' then return 'ended ' .. state end
if state == 'cancelling' then return state end

run_set(id, 'cancelledBy', args.except, 'reason', args.reason)
redis.call('HDEL', key('doomed'), id)
if state == 'running' then
  abort(id, 'cancel', 'cancelled')
  set_state(id, 'cancelling')
  settle(id)
elseif given(run[2]) then
  set_state(id, 'cancelling')
else
  finish(id, 'cancelled')
end
return run_get(id, 'state')[1]
