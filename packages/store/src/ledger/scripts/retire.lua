-- A node that has nothing to do goes, unless one of those that wait could use it. From then on it gets nothing.
heal()
local hash = key('node', args.name)
local node = fields(hash, 'boot', 'slot', 'labels', 'load', 'desk')
if node.boot ~= args.boot then return 1 end
if node.slot or redis.call('SCARD', key('nodejobs', args.name)) > 0 then return 0 end
local SEEN = 500
local labels = decoded(node.labels)

local function suits(id)
  if not id then return false end
  for _, demand in ipairs(demands_of(fields(key('run', id), 'nodes', 'labels', 'locations'))) do
    if labels_match(labels, decoded(demand.labels)) then return true end
  end
  return false
end

if node.load == '1' then
  for _, kind in ipairs({ 'unmet', 'preflights', 'returning' }) do
    for _, id in ipairs(redis.call('ZRANGE', key(kind), 0, SEEN - 1)) do
      if suits(id) then return 0 end
    end
  end
  local places = { key('groups') }
  for _, reason in ipairs(redis.call('SMEMBERS', key('blockers'))) do places[#places + 1] = key('blocked', reason) end
  for _, place in ipairs(places) do
    for _, group in ipairs(redis.call('ZRANGE', place, 0, SEEN - 1)) do
      if suits(redis.call('ZRANGE', key('group', group), 0, 0)[1]) then return 0 end
    end
  end
end
if node.desk == '1' then
  if redis.call('ZCARD', key('unreported')) > 0 then return 0 end
  for _, id in ipairs(redis.call('ZRANGE', key('state', 'queued'), 0, SEEN - 1)) do
    if tonumber(field(key('run', id), 'notBefore') or 0) <= now then return 0 end
  end
end
redis.call('HSET', hash, 'draining', '1')
return 1
