-- Switches a node on or off, or lets it drain.
-- args: name, field ('enabled' | 'draining'), value ('0' | '1'), boot (or '' for any)
-- returns 1, or 0 for an unknown node
local node = key('node', args.name)
local boot = redis.call('HGET', node, 'boot')
if not boot or (given(args.boot) and args.boot ~= boot) then return 0 end
redis.call('HSET', node, args.field, args.value)
wake_unmet()
return 1
