-- A node goes: by itself (with its boot id), or because someone forgets a dead one.
-- args: name, boot (or '')
-- returns 1 | 0 for an unknown node | -1 when it is alive
heal()
local node = key('node', args.name)
local known = redis.call('HMGET', node, 'boot', 'lease')
if not known[1] then return 0 end
if given(args.boot) then
  if args.boot ~= known[1] then return 0 end
elseif tonumber(known[2]) > now then
  return -1
end
lose_node(args.name, 'node ' .. args.name .. ' was stopped')
redis.call('SREM', key('nodes'), args.name)
redis.call('DEL', node, key('nodejobs', args.name))
return 1
