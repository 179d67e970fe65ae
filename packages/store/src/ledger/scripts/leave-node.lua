-- A node goes: by itself, or because someone forgets a dead one.
heal()
local hash = key('node', args.name)
local node = fields(hash, 'boot', 'lease')
if not node.boot then return 0 end
if given(args.boot) then
  if args.boot ~= node.boot then return 0 end
elseif tonumber(node.lease) > now then
  return -1
end
lose_node(args.name, 'node ' .. args.name .. ' was stopped')
redis.call('SREM', key('nodes'), args.name)
redis.call('DEL', hash, key('nodejobs', args.name))
return 1
