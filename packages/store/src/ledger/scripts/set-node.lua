-- Switches a node on or off, lets it drain, or leaves an order for its next heartbeat.
-- args: name, field ('enabled' | 'draining' | 'order'), value ('0' | '1' | 'stop' | 'test'), boot (or '' for any)
-- returns 1, or 0 for an unknown node
local node = key('node', args.name)
local boot = redis.call('HGET', node, 'boot')
if not boot or (given(args.boot) and args.boot ~= boot) then return 0 end
redis.call('HSET', node, args.field, args.value)
wake_unmet()
return 1
