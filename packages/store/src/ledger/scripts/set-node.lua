-- Switches a node on or off, lets it drain, or leaves an order for its next heartbeat.
local hash = key('node', args.name)
local boot = field(hash, 'boot')
if not boot or (given(args.boot) and args.boot ~= boot) then return 0 end
redis.call('HSET', hash, args.field, args.value)
wake_unmet()
return 1
